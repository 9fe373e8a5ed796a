"""The tiny networks behind the golden files: each one puts some operations of real classifiers under test."""
import torch
import torch.nn.functional as F
from torch import nn
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformer, SwinTransformerBlockV2


class BasicBlock(nn.Module):
    def __init__(self, inside, outside, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outside)
        self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outside)
        self.shortcut = nn.Sequential()
        if stride != 1 or inside != outside:
            self.shortcut = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.relu(y + self.shortcut(x))


class Residual(nn.Module):
    """Basic blocks; the second halves the resolution and has a 1x1 shortcut."""

    def __init__(self, classes=10, widths=(8, 8, 16)):
        super().__init__()
        self.conv1 = nn.Conv2d(3, widths[0], 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(widths[0])
        self.layer1 = BasicBlock(widths[0], widths[1], 1)
        self.layer2 = BasicBlock(widths[1], widths[2], 2)
        self.fc = nn.Linear(widths[2], classes)

    def forward(self, x):
        x = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Bottleneck(nn.Module):
    """A 7x7/2 stem, overlapping 3x3/2 max-pool and bottleneck blocks, in channels that ONNX Runtime may block."""

    class Block(nn.Module):
        def __init__(self, inside, middle, outside, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inside, middle, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(middle)
            self.conv2 = nn.Conv2d(middle, middle, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(middle)
            self.conv3 = nn.Conv2d(middle, outside, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outside)
            self.downsample = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), nn.BatchNorm2d(outside))

        def forward(self, x):
            y = F.relu(self.bn1(self.conv1(x)))
            y = F.relu(self.bn2(self.conv2(y)))
            return F.relu(self.bn3(self.conv3(y)) + self.downsample(x))

    def __init__(self, classes=8):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 16, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(16)
        self.layer1 = self.Block(16, 8, 32, 1)
        self.layer2 = self.Block(32, 12, 48, 2)
        self.fc = nn.Linear(48, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer2(self.layer1(x))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Wide(nn.Module):
    """Pre-activation wide residual blocks, as WRN-28-10's, and its final BatchNorm and 8x8-like average pool."""

    class Block(nn.Module):
        def __init__(self, inside, outside, stride):
            super().__init__()
            self.bn1 = nn.BatchNorm2d(inside)
            self.conv1 = nn.Conv2d(inside, outside, 3, stride, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outside)
            self.conv2 = nn.Conv2d(outside, outside, 3, 1, 1, bias=False)
            self.shortcut = None if inside == outside else nn.Conv2d(inside, outside, 1, stride, bias=False)

        def forward(self, x):
            y = F.relu(self.bn1(x))
            z = self.conv2(F.relu(self.bn2(self.conv1(y))))
            return z + (x if self.shortcut is None else self.shortcut(y))

    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.block1 = self.Block(8, 16, 1)
        self.block2 = self.Block(16, 16, 1)
        self.block3 = self.Block(16, 20, 2)
        self.bn = nn.BatchNorm2d(20)
        self.fc = nn.Linear(20, classes)

    def forward(self, x):
        x = self.block3(self.block2(self.block1(self.conv1(x))))
        x = F.avg_pool2d(F.relu(self.bn(x)), 8)
        return self.fc(x.view(-1, 20))


class Grouped(nn.Module):
    """Depthwise (also with two channels each), grouped, dilated, asymmetrical convolutions, biases and ReLU6."""

    def __init__(self, classes=7):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, (3, 5), (1, 2), (1, 2))
        self.bn0 = nn.BatchNorm2d(8)
        self.expand = nn.Conv2d(8, 24, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(24)
        self.depthwise = nn.Conv2d(24, 24, 3, 2, 1, groups=24, bias=False)
        self.bn2 = nn.BatchNorm2d(24)
        self.project = nn.Conv2d(24, 8, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(8)
        self.multiplied = nn.Conv2d(8, 16, 3, 1, 2, dilation=2, groups=8)
        self.tall = nn.Conv2d(16, 16, (3, 1), 1, (1, 0), groups=4)
        self.flat = nn.Conv2d(16, 16, (1, 3), (1, 2), (0, 1), groups=2, bias=False)
        self.bn4 = nn.BatchNorm2d(16)
        self.dilated = nn.Conv2d(16, 12, 3, (2, 1), (2, 1), dilation=(2, 1))
        self.fc = nn.Linear(12, classes)

    def forward(self, x):
        x = F.relu6(self.bn0(self.stem(x)))
        x = F.relu6(self.bn1(self.expand(x)))
        x = self.bn3(self.project(F.relu6(self.bn2(self.depthwise(x)))))
        x = F.relu6(self.multiplied(x))
        x = F.relu(self.bn4(self.flat(self.tall(x))))
        x = F.relu6(self.dilated(x))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class SmallGamma(nn.Module):
    """A residual network, one of whose BatchNorms stands before its convolution: scales get 0, 1e-8 and -0.5."""

    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = BasicBlock(8, 8, 1)
        self.layer2 = BasicBlock(8, 12, 2)
        self.bn2 = nn.BatchNorm2d(12)
        self.conv2 = nn.Conv2d(12, 12, 1, bias=True)
        self.bn3 = nn.BatchNorm2d(12)
        self.fc = nn.Linear(12, classes)

    def forward(self, x):
        x = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))
        x = F.relu(self.bn3(self.conv2(self.bn2(x))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Mixed(nn.Module):
    """Branches and joins: Concat, both average-pools, Pad, ceil-mode max-pool, a gate, a channel shuffle."""

    def __init__(self, classes=9):
        super().__init__()
        self.left = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.pooled = nn.Conv2d(3, 4, 1)
        self.dense = nn.Conv2d(12, 4, 3, 1, 0, bias=False)
        self.bn2 = nn.BatchNorm2d(16)
        self.right = nn.Conv2d(16, 8, 3, 2, 1, groups=2)
        self.gate = nn.Conv2d(16, 8, 3, 2, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(8)
        self.last = nn.Conv2d(16, 12, 3, 2, (0, 1), bias=False)
        self.bn4 = nn.BatchNorm2d(12)
        self.fc = nn.Linear(12 * 3 * 5, classes)

    def forward(self, x):
        pooled = self.pooled(F.max_pool2d(x, 3, 1, 1))
        x = torch.cat([F.relu(self.bn1(self.left(x))), pooled], 1)
        new = self.dense(F.pad(F.avg_pool2d(x, 3, 1, 1), (1, 1, 1, 1), value=0.25))
        x = F.relu(self.bn2(torch.cat([x, new], 1)))
        # Before this pool there is no ReLU to hide which of two equal elements is taken.
        x = F.max_pool2d(x, 2, 2, ceil_mode=True)
        n, c, h, w = x.shape
        x = x.view(n, 4, 4, h, w).transpose(1, 2).reshape(n, c, h, w)
        x = F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        gated = self.right(x) * F.relu(self.bn3(self.gate(x)))
        x = torch.cat([gated, gated * gated], 1)
        x = F.dropout(F.relu(self.bn4(self.last(F.pad(x, (0, 1, 1, 0))))), 0.3, self.training)
        return self.fc(x.view(x.size(0), -1))


class Perceptron(nn.Module):
    """VGG-like: convolutions with biases, max-pools, three fully connected layers, one of them MatMul and Add."""

    def __init__(self, classes=6):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 3, 1, 1)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, 1, 1)
        self.fc1 = nn.Linear(8 * 16, 24)
        self.bn2 = nn.BatchNorm1d(24)
        self.weight = nn.Parameter(torch.randn(24, 16) * 0.25)
        self.bias = nn.Parameter(torch.randn(16) * 0.2)
        self.fc3 = nn.Linear(16, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = x.view(x.size(0), -1)
        x = F.dropout(F.relu(self.bn2(self.fc1(x))), 0.5, self.training)
        x = F.relu(torch.matmul(x, self.weight) + self.bias)
        return self.fc3(x)


class Ending(nn.Module):
    """A small network that gives probabilities; the logits are what its Softmax reads."""

    def __init__(self, classes=5):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 3, 2, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(6)
        self.conv2 = nn.Conv2d(6, 8, 3, 2, 1)
        self.fc = nn.Linear(8, classes)

    def forward(self, x):
        x = F.relu(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        return F.softmax(self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1)), 1)


class Shared(nn.Module):
    """One convolution runs twice, at two resolutions; two BatchNorms are alike in their numbers only."""

    def __init__(self, classes=6):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 1, 1)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv = nn.Conv2d(8, 8, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(8)
        self.bn3 = nn.BatchNorm2d(8)
        self.fc = nn.Linear(8, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.stem(x)))
        x = F.max_pool2d(F.relu(self.bn2(self.conv(x))), 2)
        x = F.relu(self.bn3(self.conv(x)))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


class Channels(nn.LayerNorm):
    """LayerNorm over the channels of [N, C, H, W]."""

    def forward(self, x):
        return super().forward(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class Modern(nn.Module):
    """As ConvNeXt: depthwise 7x7, LayerNorm over channels, GELU, a scale for each layer, all in the order that is fast."""

    class Block(nn.Module):
        def __init__(self, width):
            super().__init__()
            self.conv = nn.Conv2d(width, width, 7, 1, 3, groups=width)
            self.norm = nn.LayerNorm(width, eps=1e-6)
            self.fc1, self.fc2 = nn.Linear(width, 3 * width), nn.Linear(3 * width, width)
            self.layer_scale = nn.Parameter(torch.linspace(0.5, 1.5, width).view(width, 1, 1))

        def forward(self, x):
            y = self.norm(self.conv(x).permute(0, 2, 3, 1))
            return x + self.layer_scale * self.fc2(F.gelu(self.fc1(y))).permute(0, 3, 1, 2)

    def __init__(self, classes=7):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 8, 2, 2), Channels(8, eps=1e-6)
        self.block1 = Modern.Block(8)
        self.down_norm, self.down = Channels(8, eps=1e-6), nn.Conv2d(8, 12, 2, 2)
        self.block2 = Modern.Block(12)
        self.last_norm = nn.LayerNorm(12, eps=1e-6)
        self.fc = nn.Linear(12, classes)

    def forward(self, x):
        x = self.block1(self.norm(self.stem(x)))
        x = self.block2(self.down(self.down_norm(x)))
        return self.fc(self.last_norm(x.mean((2, 3))))


class Transformer(nn.Module):
    """As ViT: patches, a class token, positions, attention of two heads, GELU; SiLU and a gate in the last block."""

    class Block(nn.Module):
        def __init__(self, width, heads, gated):
            super().__init__()
            self.heads, self.gated = heads, gated
            self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
            self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            self.fc1, self.fc2 = nn.Linear(width, 4 * width), nn.Linear(2 * width if gated else 4 * width, width)

        def forward(self, x):
            n, length, width = x.shape
            qkv = self.qkv(self.norm1(x)).reshape(n, length, 3, self.heads, width // self.heads)
            q, k, v = qkv.permute(2, 0, 3, 1, 4).unbind(0)
            weights = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
            x = x + self.proj((weights @ v).transpose(1, 2).reshape(n, length, width))
            y = self.fc1(self.norm2(x))
            if not self.gated:
                return x + self.fc2(F.gelu(y))
            a, b = y.chunk(2, -1)
            return x + self.fc2(F.silu(a) * b)

    def __init__(self, classes=6, width=12):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, 17, width))
        self.block1, self.block2 = Transformer.Block(width, 2, False), Transformer.Block(width, 3, True)
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        return self.fc(self.norm(self.block2(self.block1(x)))[:, 0])


class Attention(nn.Module):
    """PyTorch's own encoder layers: the batch is the second axis, and merged with heads and with positions."""

    def __init__(self, classes=6, width=12, batch_first=True):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.zeros(1, 17, width))
        self.attention = nn.MultiheadAttention(width, 3, batch_first=batch_first)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.fc = nn.Linear(width, classes)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.positions
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return self.fc(self.norm2(x)[:, 0])


class Windows(nn.Module):
    """torchvision's Swin: windows of patches, shifted in the second block, a table of relative positions."""

    def __init__(self, classes=6, width=8, second=False):
        super().__init__()
        kinds = {"block": SwinTransformerBlockV2, "downsample_layer": PatchMergingV2} if second else {}
        self.net = SwinTransformer([2, 2], width, [2, 1], [2, 2], [3, 3], mlp_ratio=2.0, stochastic_depth_prob=0.0,
                                   num_classes=classes, **kinds)
        self.fc = self.net.head
        self.net.head = nn.Identity()

    def forward(self, x):
        return self.fc(self.net(x))
