#pragma once

#include "tflite_abi.h"

// What TfLiteNode::builtin_data points to (tflite/core/c/builtin_op_data.h), for the ops that the VX delegate maps. As
// in tflite_abi.h; fields that TFLite 2.9 lacks say which version of the op has them, for a runtime that registers that
// version has the field. quantized_bias_type of the layers, at their ends, is left out: it counts for int16 outputs
// alone, which the VX delegate does not claim.
namespace nputwin::abi {

enum TfLitePadding : int {};            // 0: unknown, then SAME and VALID
enum TfLiteMirrorPaddingMode : int {};  // 0: unknown, then REFLECT and SYMMETRIC
enum TfLiteFusedActivation : int {};    // as in the file
enum TfLiteFullyConnectedWeightsFormat : int {};

/// A list of at most eight integers, and how many there are.
struct ShortList {
  int list[8];
  int count;
};

struct TfLiteConvParams {
  TfLitePadding padding;
  int stride_width, stride_height;
  TfLiteFusedActivation activation;
  int dilation_width_factor, dilation_height_factor;
};
struct TfLiteConv3DParams {
  TfLitePadding padding;
  int stride_width, stride_height, stride_depth;
  int dilation_width_factor, dilation_height_factor, dilation_depth_factor;
  TfLiteFusedActivation activation;
};
struct TfLiteDepthwiseConvParams {
  TfLitePadding padding;
  int stride_width, stride_height, depth_multiplier;
  TfLiteFusedActivation activation;
  int dilation_width_factor, dilation_height_factor;
};
struct TfLiteTransposeConvParams {
  TfLitePadding padding;
  int stride_width, stride_height;
  TfLiteFusedActivation activation;  // from version 4 on
};
struct TfLitePoolParams {
  TfLitePadding padding;
  int stride_width, stride_height, filter_width, filter_height;
  TfLiteFusedActivation activation;
  int computed[4];
};
struct TfLiteFullyConnectedParams {
  TfLiteFusedActivation activation;
  TfLiteFullyConnectedWeightsFormat weights_format;
  bool keep_num_dims, asymmetric_quantize_inputs;
};
struct TfLiteBatchMatMulParams {
  bool adj_x, adj_y, asymmetric_quantize_inputs;
};
struct TfLiteRNNParams {
  TfLiteFusedActivation activation;
  bool asymmetric_quantize_inputs;
};
struct TfLiteSequenceRNNParams {
  bool time_major;
  TfLiteFusedActivation activation;
  bool asymmetric_quantize_inputs;
};
struct TfLiteBidirectionalSequenceRNNParams {
  bool time_major;
  TfLiteFusedActivation activation;
  bool merge_outputs, asymmetric_quantize_inputs;
};
struct TfLiteUnidirectionalSequenceLSTMParams {
  TfLiteFusedActivation activation;
  float cell_clip, proj_clip;
  bool time_major, asymmetric_quantize_inputs;
  bool diagonal_recurrent_tensors;  // from version 4 on
};
struct TfLiteBidirectionalSequenceLSTMParams {
  TfLiteFusedActivation activation;
  float cell_clip, proj_clip;
  bool merge_outputs, time_major, asymmetric_quantize_inputs;
};
struct TfLiteSoftmaxParams {
  float beta;
};
struct TfLiteConcatenationParams {
  int axis;
  TfLiteFusedActivation activation;
};
struct TfLiteAddParams {
  TfLiteFusedActivation activation;
  bool pot_scale_int16;
};
using TfLiteSubParams = TfLiteAddParams;
struct TfLiteMulParams {
  TfLiteFusedActivation activation;
};
using TfLiteDivParams = TfLiteMulParams;
using TfLiteL2NormParams = TfLiteMulParams;
struct TfLiteLocalResponseNormParams {
  int radius;
  float bias, alpha, beta;
};
struct TfLiteResizeBilinearParams {
  bool align_corners, half_pixel_centers;
};
using TfLiteResizeNearestNeighborParams = TfLiteResizeBilinearParams;
struct TfLiteReshapeParams {
  ShortList shape;
};
struct TfLiteSqueezeParams {
  ShortList squeeze_dims;
};
struct TfLiteSpaceToDepthParams {
  int block_size;
};
using TfLiteDepthToSpaceParams = TfLiteSpaceToDepthParams;
struct TfLiteCastParams {
  TfLiteType in_data_type, out_data_type;
};
struct TfLiteGatherParams {
  int axis, batch_dims;
};
struct TfLiteReducerParams {
  bool keep_dims;
};
struct TfLiteSplitParams {
  int num_splits;
};
using TfLiteSplitVParams = TfLiteSplitParams;
struct TfLiteStridedSliceParams {
  int begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask;
  bool offset;  // from version 8 on
};
struct TfLiteArgMaxParams {
  TfLiteType output_type;
};
using TfLiteArgMinParams = TfLiteArgMaxParams;
struct TfLiteShapeParams {
  TfLiteType out_type;
};
struct TfLitePackParams {
  int values_count, axis;
};
struct TfLiteUnpackParams {
  int num, axis;
};
struct TfLiteOneHotParams {
  int axis;
};
struct TfLiteLeakyReluParams {
  float alpha;
};
struct TfLiteMirrorPaddingParams {
  TfLiteMirrorPaddingMode mode;
};
struct TfLiteGeluParams {
  bool approximate;
};

}  // namespace nputwin::abi
