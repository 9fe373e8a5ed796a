#!/bin/sh
# The manifests of OpenOOD v1.5's ImageNet-1K benchmark, from its image lists. Usage: manifests.sh DATA FOLDER
# DATA holds benchmark_imglist, images_largescale and images_classic; FOLDER gets a manifest for each list.
set -eu
data=${1:?usage: manifests.sh DATA FOLDER}
out=${2:?usage: manifests.sh DATA FOLDER}
mkdir -p "$out"
for list in "$data"/benchmark_imglist/imagenet/val_imagenet.txt "$data"/benchmark_imglist/imagenet/val_openimage_o.txt \
  "$data"/benchmark_imglist/imagenet/test_*.txt; do
  name=$(basename "$list" .txt)
  case $name in
    test_imagenet | test_imagenet_v2 | test_imagenet_c | test_imagenet_r | test_imagenet_es | val_*) ;;
    test_ssb_hard | test_ninco | test_inaturalist | test_textures | test_openimage_o) ;;
    *) continue ;;
  esac
  case $name in
    test_textures) root=$data/images_classic ;;
    *) root=$data/images_largescale ;;
  esac
  ${GRODIN:-npx grodin} manifest imglist "$list" --root "$root" -o "$out/$name.csv"
done
