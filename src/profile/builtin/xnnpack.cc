#include "profile/builtin/xnnpack.h"

namespace nputwin {

namespace {

std::vector<DelegatedOp> binary32_ops() {
  std::vector<DelegatedOp> ops;
  for (const char* op : {"ABS",
                         "ADD",
                         "AVERAGE_POOL_2D",
                         "CEIL",
                         "CONV_2D",
                         "DEPTHWISE_CONV_2D",
                         "DIV",
                         "ELU",
                         "FLOOR",
                         "HARD_SWISH",
                         "FULLY_CONNECTED",
                         "LEAKY_RELU",
                         "LOGISTIC",
                         "MAX_POOL_2D",
                         "MAXIMUM",
                         "MEAN",
                         "MINIMUM",
                         "MUL",
                         "NEG",
                         "PAD",
                         "PRELU",
                         "RELU",
                         "RELU6",
                         "RELU_N1_TO_1",
                         "RESHAPE",
                         "RESIZE_BILINEAR",
                         "ROUND",
                         "SOFTMAX",
                         "SQRT",
                         "SQUARE",
                         "SQUARED_DIFFERENCE",
                         "SUB",
                         "TRANSPOSE_CONV"}) {
    ops.push_back({op, true, false, false});
  }
  return ops;
}

}  // namespace

Profile with_xnnpack_for_binary32(Profile own_kernels) {
  Profile p = std::move(own_kernels);
  p.fallback = p.name;
  p.delegate = Delegate::kXnnpack;
  p.delegated = binary32_ops();
  return p;
}

std::vector<DelegatedOp> xnnpack_ops() {
  std::vector<DelegatedOp> ops;
  for (const char* op : {"ABS",     "AVERAGE_POOL_2D",
                         "CEIL",    "DIV",
                         "EXP",     "FLOOR",
                         "GELU",    "HARD_SWISH",
                         "LOG",     "MAXIMUM",
                         "MINIMUM", "NEG",
                         "PRELU",   "RELU",
                         "RELU6",   "RELU_N1_TO_1",
                         "ROUND",   "RSQRT",
                         "SOFTMAX", "SQRT",
                         "SQUARE",  "SQUARED_DIFFERENCE"}) {
    ops.push_back({op, true, false, false});
  }
  for (const char* op : {"CEIL", "COS", "ROUND", "SIN"}) ops.push_back({op, true, false, false});
  ops.push_back({"ELU", true, true, false});
  for (const char* op : {"ASSIGN_VARIABLE", "READ_VARIABLE", "VAR_HANDLE"}) ops.push_back({op, true, true, true});
  for (const char* op : {"ADD",
                         "BATCH_MATMUL",
                         "CONCATENATION",
                         "CONV_2D",
                         "DEPTH_TO_SPACE",
                         "DEPTHWISE_CONV_2D",
                         "DEQUANTIZE",
                         "FULLY_CONNECTED",
                         "LEAKY_RELU",
                         "LOGISTIC",
                         "MAX_POOL_2D",
                         "MEAN",
                         "MUL",
                         "PAD",
                         "QUANTIZE",
                         "REDUCE_MAX",
                         "REDUCE_MIN",
                         "RESHAPE",
                         "RESIZE_BILINEAR",
                         "SLICE",
                         "SPACE_TO_DEPTH",
                         "SPLIT",
                         "STRIDED_SLICE",
                         "SUB",
                         "SUM",
                         "TANH",
                         "TRANSPOSE",
                         "TRANSPOSE_CONV"}) {
    ops.push_back({op, true, true, true});
  }
  return ops;
}

std::vector<DelegatedOp> xnnpack_ops_until_2_19() {
  std::vector<DelegatedOp> ops = xnnpack_ops();
  for (DelegatedOp& op : ops) {
    if (op.op == "BATCH_MATMUL") op.int8 = op.uint8 = false;
  }
  return ops;
}

std::vector<DelegatedOp> xnnpack_ops_until_2_17() {
  std::vector<DelegatedOp> ops = xnnpack_ops_until_2_19();
  std::erase_if(ops, [](const DelegatedOp& d) { return d.op == "SUM"; });
  return ops;
}

}  // namespace nputwin
