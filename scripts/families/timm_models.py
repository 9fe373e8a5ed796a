#!/usr/bin/env python3
"""Scores a member of each of timm's families by PyTorch in float64 and float32, and by its compiled scorer.

    PYTHONPATH=TIMM /usr/bin/python3 scripts/families/timm_models.py FOLDER [MODEL...]
    node dist/scripts/families/timm.js FOLDER --out docs/timm-families.md

One model at a time: exported, scored, compared by `node dist/scripts/families/timm.js FOLDER`, and deleted. What is left is
FOLDER/outcomes/MODEL.json, which the page is made of; models that have one are not done again unless they are named. What
float32 may have lost is run in float64 too. TIMM is a checkout of pytorch-image-models 0.9.16.
"""
import json
import os
import shutil
import subprocess
import sys
import time
import warnings

import onnx
import torch
from torch import nn

import timm

import exact
from scoring import CLASSES, both_ways, describe, noise
from export import export

SCRIPTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "dist", "scripts", "families")
# Above this distance from float64, and several times PyTorch's own, the compiled graph is run in float64.
DOUBTFUL = 5e-4
VARIANT = "opset 17, kept, free"
# The smallest that a model takes is used, unless the list says which.
SIZES = (64, 96, 112, 128, 160, 192, 224, 240, 256)
MOST_PARAMETERS = 100_000_000

# Each with its size where a smaller one would have a single window, or none.
MODELS = """
resnet18 resnet26 resnet10t resnet26d resnetaa34d resnetblur18 resnet50_gn resnext50_32x4d seresnet18 seresnext26t_32x4d
ecaresnet26t ecaresnext26t_32x4d ecaresnetlight resnetrs50 wide_resnet50_2 seresnextaa101d_32x8d seresnet50t resnet50c
tv_resnet34 skresnet18 skresnext50_32x4d legacy_seresnet18 legacy_seresnext26_32x4d res2net50_14w_8s res2net50d res2next50
resnest14d resnest50d_4s2x40d resnetv2_50 resnetv2_50t resnetv2_50d_gn resnetv2_50d_evos resnetv2_50d_frn resnetv2_50x1_bit
botnet26t_256 eca_botnext26ts_256 halonet26t=256 eca_halonext26ts=256 halo2botnet50ts_256=256 sebotnet33ts_256
sehalonet33ts=256 haloregnetz_b=256 lambda_resnet26t lambda_resnet26rpt_256 lamhalobotnet50ts_256=256
bat_resnext26ts gcresnet33ts gcresnext26ts eca_resnet33ts eca_resnext26ts seresnet33ts resnet32ts resnet33ts resnet51q
resnext26ts gernet_s mobileone_s0 mobileone_s4 regnetz_b16 regnetz_b16_evos repvgg_a0 repvgg_d2se
regnetx_002 regnety_002 regnetv_040 regnetz_005 regnetz_040_h regnety_040_sgn
densenet121 densenetblur121d dla34 dla46x_c dla60_res2net dla60_res2next dpn48b dpn68b
vgg11 vgg11_bn xception legacy_xception xception41 xception41p inception_v3 inception_v4 inception_resnet_v2
nasnetalarge pnasnet5large selecsls42b senet154 tresnet_m tresnet_v2_l vovnet39a ese_vovnet19b_slim ese_vovnet19b_dw
eca_vovnet39b ese_vovnet39b_evos hrnet_w18_small hgnet_tiny hgnetv2_b0 cspresnet50 cspresnext50 cspdarknet53 cs3darknet_s
cs3darknet_focus_s cs3sedarknet_l cs3edgenet_x darknet17 darknetaa53 sedarknet21
efficientnet_b0 efficientnet_b0_gn efficientnet_b0_g16_evos efficientnet_b1_pruned efficientnet_cc_b0_4e efficientnet_el
efficientnet_es efficientnet_lite0 tf_efficientnet_b0 tf_efficientnet_cc_b0_8e tf_efficientnet_lite0 tf_efficientnetv2_b0
efficientnetv2_rw_t gc_efficientnetv2_rw_t efficientnetv2_s fbnetc_100 mixnet_s tf_mixnet_s mnasnet_050 semnasnet_050
spnasnet_100 mobilenetv2_035 mobilenetv2_110d tinynet_e mobilenetv3_small_050 mobilenetv3_large_075
tf_mobilenetv3_small_minimal_100 fbnetv3_b lcnet_035 hardcorenas_a ghostnet_050 ghostnetv2_100 repghostnet_050 rexnet_100
rexnetr_100 repvit_m1
nfnet_l0 eca_nfnet_l0 nf_resnet26 nf_ecaresnet26 nf_seresnet26 nf_regnet_b0 dm_nfnet_f0
convnext_atto convnext_atto_ols convnext_tiny_hnf convnextv2_atto convmixer_768_32 inception_next_tiny
poolformer_s12 poolformerv2_s12 convformer_s18 caformer_s18 efficientformer_l1=224 efficientformerv2_s0=224
efficientvit_b0 efficientvit_l1 efficientvit_m0=224 fastvit_t8 fastvit_sa12 fastvit_ma36 focalnet_tiny_srf focalnet_tiny_lrf
edgenext_xx_small edgenext_small edgenext_small_rw mobilevit_xxs mobilevitv2_050
mixer_s32_224 gmixer_12_224 gmlp_ti16_224 resmlp_12_224 sequencer2d_s
vit_tiny_patch16_224 vit_small_patch32_224 vit_base_patch32_clip_quickgelu_224 vit_medium_patch16_gap_240
vit_medium_patch16_reg4_gap_256 vit_small_patch14_dinov2 vit_small_patch16_18x2_224 vit_base_patch16_siglip_224
vit_base_patch16_rpn_224 vit_base_patch32_plus_256 flexivit_small vit_relpos_small_patch16_224 vit_relpos_small_patch16_rpn_224
vit_relpos_medium_patch16_cls_224 vit_srelpos_small_patch16_224 vit_tiny_r_s16_p8_224 vit_small_resnet26d_224
samvit_base_patch16_224 deit_tiny_patch16_224 deit_tiny_distilled_patch16_224 deit3_small_patch16_224
beit_base_patch16_224 beitv2_base_patch16_224 eva02_tiny_patch14_224 cait_xxs24_224 coat_tiny coat_lite_tiny convit_tiny
crossvit_tiny_240 crossvit_9_dagger_240 davit_tiny=224 gcvit_xxtiny=224 levit_128s=224 levit_conv_128s=224
coatnet_nano_rw_224 coatnet_rmlp_nano_rw_224 coatnet_pico_rw_224 coatnet_nano_cc_224 coatnext_nano_rw_224
maxvit_pico_rw_256 maxvit_rmlp_pico_rw_256 maxvit_tiny_tf_224 maxvit_tiny_pm_256 maxxvit_rmlp_nano_rw_256 maxxvitv2_nano_rw_256
mvitv2_tiny mvitv2_small_cls nest_tiny jx_nest_tiny nextvit_small pit_ti_224 pit_ti_distilled_224 pvt_v2_b0 pvt_v2_b2_li=224
swin_tiny_patch4_window7_224=224 swin_s3_tiny_224 swinv2_tiny_window8_256=128 swinv2_cr_tiny_224=224 swinv2_cr_tiny_ns_224
tiny_vit_5m_224=224 tnt_s_patch16_224 twins_pcpvt_small twins_svt_small visformer_tiny volo_d1_224
xcit_nano_12_p16_224 xcit_nano_12_p8_224
""".split()


class Forgetful(dict):
    """A cache that never has what it is asked for: biases that are kept between passes stay in the graph of the first."""

    def __contains__(self, key):
        return False

    def __len__(self):
        return 0


def forgetful(module):
    for m in module.modules():
        if hasattr(m, "attention_bias_cache"):
            m.attention_bias_cache = Forgetful()
    return module


def made(name, size):
    """The model at a size of image, which some of them are built for; and which one."""
    torch.manual_seed(1)
    try:
        return forgetful(timm.create_model(name, num_classes=CLASSES, img_size=size))
    except TypeError:
        return forgetful(timm.create_model(name, num_classes=CLASSES))


def smallest(name, sizes):
    trouble = None
    for size in sizes:
        try:
            module = made(name, size).eval()
            with torch.no_grad():
                module(noise(size))
            return module, size
        except Exception as error:
            trouble = error
    raise trouble


def calibrate(module, size):
    """Random weights that let every part matter: statistics of a pass over noise, small residual branches, a small head."""
    generator = torch.Generator().manual_seed(2)
    for m in module.modules():
        if isinstance(m, (nn.Dropout, nn.Dropout2d)):
            m.p = 0.0
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.momentum = None
            m.reset_running_stats()
    for parameter in module.parameters():
        # Scales of 1 and shifts of 0 would hide where they stand; layer scales of 1e-6, what they belong to.
        low, high = float(parameter.min()), float(parameter.max())
        if low == high == 1:
            parameter.data.uniform_(0.5, 1.5, generator=generator)
        elif max(abs(low), abs(high)) < 0.15 and high - low < 1e-12:
            parameter.data.normal_(0.1, 0.1, generator=generator)
    heads = module.get_classifier()
    for head in heads if isinstance(heads, tuple) else (heads,):
        for parameter in head.parameters():
            parameter.data.normal_(0, 0.02, generator=generator)
    module.train()
    with torch.no_grad():
        module(torch.randn(8, 3, size, size, generator=generator))
    return module.eval()


def write(folder, spec):
    """Leaves FOLDER/outcomes/MODEL.json; FOLDER/work holds the model meanwhile."""
    name, _, size = spec.partition("=")
    module, size = smallest(name, (int(size),) if size else SIZES)
    count = sum(p.numel() for p in module.parameters())
    if count > MOST_PARAMETERS:
        return print(f"{name}: left out, {count} parameters", flush=True)
    calibrate(module, size)
    files, refused, rows = {}, {}, []
    work = os.path.join(folder, "work")
    os.makedirs(os.path.join(work, name), exist_ok=True)
    images = noise(size)
    try:
        model = export(module, (3, size, size), 17, True)
        file = f"{name}/free.onnx"
        onnx.save(model, os.path.join(work, file))
        files[VARIANT] = {"file": file, "nodes": len(model.graph.node)}
        del model
        double = made(name, size)
        double.load_state_dict(module.state_dict())
        rows = both_ways(module, double, images)
        del double
    except Exception as error:
        files.clear()
        refused[VARIANT] = str(error).strip().split("\n")[0][:200]
    describe(work, name, module, images, rows, {"timm": timm.__version__}, files, refused)
    del module
    compare(folder)
    with open(path(folder, name)) as file:
        (found,) = json.load(file)["outcomes"]
    if found["deviation"] and is_doubtful(found["deviation"], rows):
        node("compare.js", work, "--compile")
        exact.main(work)
        compare(folder)


def is_doubtful(deviation, rows):
    for part, perturbed in (("still", False), ("perturbed", True)):
        for score, distance in deviation[part].items():
            own = max(abs(row["single"][score] - row["double"][score]) for row in rows if (row["epsilon"] > 0) == perturbed)
            if not distance <= max(DOUBTFUL, 3 * own):
                return True
    return False


def node(script, *arguments):
    subprocess.run(["node", os.path.join(SCRIPTS, script), *arguments], check=True)


def compare(folder):
    node("timm.js", folder)


def path(folder, name):
    return os.path.join(folder, "outcomes", f"{name}.json")


def main(folder, wanted):
    os.makedirs(os.path.join(folder, "outcomes"), exist_ok=True)
    for spec in MODELS:
        name = spec.partition("=")[0]
        if name not in wanted if wanted else os.path.exists(path(folder, name)):
            continue
        shutil.rmtree(os.path.join(folder, "work"), ignore_errors=True)
        started = time.time()
        try:
            write(folder, spec)
        except Exception as error:
            print(f"{name}: {type(error).__name__}: {str(error)[:300]}", flush=True)
        print(f"{name}: {time.time() - started:.0f} s", flush=True)
    shutil.rmtree(os.path.join(folder, "work"), ignore_errors=True)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1], sys.argv[2:])
