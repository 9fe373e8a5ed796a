import type { Interpolation } from './resample.js';

/** How images are shown to networks of one of torchvision's weights when they are evaluated. */
interface Transform {
  /** As torchvision's `get_weight` takes it, for example `ResNet50_Weights.IMAGENET1K_V2`. */
  readonly weights: string;
  readonly resize: number;
  readonly crop: number;
  readonly interpolation: Interpolation;
}

type Row = readonly [
  resize: number,
  crop: number,
  interpolation: Interpolation,
  kind: string,
  networks: string,
];

/** torchvision's classifiers of ImageNet whose images are normalised with its statistics. */
const rows: readonly Row[] = [
  [
    224,
    224,
    'bicubic',
    'IMAGENET1K_SWAG_LINEAR_V1',
    'RegNet_Y_128GF RegNet_Y_16GF RegNet_Y_32GF ViT_B_16 ViT_H_14 ViT_L_16',
  ],
  [224, 224, 'bicubic', 'IMAGENET1K_V1', 'MaxVit_T'],
  [230, 224, 'bilinear', 'IMAGENET1K_V1', 'ConvNeXt_Small'],
  [232, 224, 'bicubic', 'IMAGENET1K_V1', 'Swin_T'],
  [
    232,
    224,
    'bilinear',
    'IMAGENET1K_V1',
    'ConvNeXt_Base ConvNeXt_Large MNASNet0_75 MNASNet1_3 ResNeXt101_64X4D ShuffleNet_V2_X1_5 ShuffleNet_V2_X2_0',
  ],
  [
    232,
    224,
    'bilinear',
    'IMAGENET1K_V2',
    'MobileNet_V2 MobileNet_V3_Large RegNet_X_16GF RegNet_X_1_6GF RegNet_X_32GF RegNet_X_3_2GF RegNet_X_400MF RegNet_X_800MF RegNet_X_8GF RegNet_Y_16GF RegNet_Y_1_6GF RegNet_Y_32GF RegNet_Y_3_2GF RegNet_Y_400MF RegNet_Y_800MF RegNet_Y_8GF ResNeXt101_32X8D ResNeXt50_32X4D ResNet101 ResNet152 ResNet50 Wide_ResNet101_2 Wide_ResNet50_2',
  ],
  [236, 224, 'bilinear', 'IMAGENET1K_V1', 'ConvNeXt_Tiny'],
  [238, 224, 'bicubic', 'IMAGENET1K_V1', 'Swin_B'],
  [242, 224, 'bilinear', 'IMAGENET1K_V1', 'ViT_L_16'],
  [246, 224, 'bicubic', 'IMAGENET1K_V1', 'Swin_S'],
  [255, 240, 'bilinear', 'IMAGENET1K_V2', 'EfficientNet_B1'],
  [256, 224, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B0'],
  [
    256,
    224,
    'bilinear',
    'IMAGENET1K_V1',
    'AlexNet DenseNet121 DenseNet161 DenseNet169 DenseNet201 GoogLeNet MNASNet0_5 MNASNet1_0 MobileNet_V2 MobileNet_V3_Large MobileNet_V3_Small RegNet_X_16GF RegNet_X_1_6GF RegNet_X_32GF RegNet_X_3_2GF RegNet_X_400MF RegNet_X_800MF RegNet_X_8GF RegNet_Y_16GF RegNet_Y_1_6GF RegNet_Y_32GF RegNet_Y_3_2GF RegNet_Y_400MF RegNet_Y_800MF RegNet_Y_8GF ResNeXt101_32X8D ResNeXt50_32X4D ResNet101 ResNet152 ResNet18 ResNet34 ResNet50 ShuffleNet_V2_X0_5 ShuffleNet_V2_X1_0 SqueezeNet1_0 SqueezeNet1_1 VGG11_BN VGG11 VGG13_BN VGG13 VGG16_BN VGG16 VGG19_BN VGG19 ViT_B_16 ViT_B_32 ViT_L_32 Wide_ResNet101_2 Wide_ResNet50_2',
  ],
  [256, 240, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B1'],
  [260, 256, 'bicubic', 'IMAGENET1K_V1', 'Swin_V2_S Swin_V2_T'],
  [272, 256, 'bicubic', 'IMAGENET1K_V1', 'Swin_V2_B'],
  [288, 288, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B2'],
  [320, 300, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B3'],
  [342, 299, 'bilinear', 'IMAGENET1K_V1', 'Inception_V3'],
  [384, 380, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B4'],
  [384, 384, 'bicubic', 'IMAGENET1K_SWAG_E2E_V1', 'RegNet_Y_128GF RegNet_Y_16GF RegNet_Y_32GF ViT_B_16'],
  [384, 384, 'bilinear', 'IMAGENET1K_V1', 'EfficientNet_V2_S'],
  [456, 456, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B5'],
  [480, 480, 'bilinear', 'IMAGENET1K_V1', 'EfficientNet_V2_M'],
  [512, 512, 'bicubic', 'IMAGENET1K_SWAG_E2E_V1', 'ViT_L_16'],
  [518, 518, 'bicubic', 'IMAGENET1K_SWAG_E2E_V1', 'ViT_H_14'],
  [528, 528, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B6'],
  [600, 600, 'bicubic', 'IMAGENET1K_V1', 'EfficientNet_B7'],
];

/** Its quantised ones, which are shown images as those that they were made of. */
const quantized: readonly Row[] = [
  [232, 224, 'bilinear', 'IMAGENET1K_FBGEMM_V1', 'ResNeXt101_64X4D ShuffleNet_V2_X1_5 ShuffleNet_V2_X2_0'],
  [232, 224, 'bilinear', 'IMAGENET1K_FBGEMM_V2', 'ResNeXt101_32X8D ResNet50'],
  [
    256,
    224,
    'bilinear',
    'IMAGENET1K_FBGEMM_V1',
    'GoogLeNet ResNeXt101_32X8D ResNet18 ResNet50 ShuffleNet_V2_X0_5 ShuffleNet_V2_X1_0',
  ],
  [256, 224, 'bilinear', 'IMAGENET1K_QNNPACK_V1', 'MobileNet_V2 MobileNet_V3_Large'],
  [342, 299, 'bilinear', 'IMAGENET1K_FBGEMM_V1', 'Inception_V3'],
];

const transformsOf = (of: readonly Row[], suffix: string): readonly Transform[] =>
  of.flatMap(([resize, crop, interpolation, kind, networks]) =>
    networks
      .split(' ')
      .map((network) => ({ weights: `${network}_${suffix}.${kind}`, resize, interpolation, crop })),
  );

/** One for each of torchvision's weights, but those with other statistics. */
export const torchvisionTransforms: readonly Transform[] = [
  ...transformsOf(rows, 'Weights'),
  ...transformsOf(quantized, 'QuantizedWeights'),
];
