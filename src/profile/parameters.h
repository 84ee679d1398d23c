#pragma once

#include <concepts>

#include "profile/profile.h"

// The names of everything in a profile that decides numbers: one place for files, the command line, comparisons and
// the schema. each_parameter(x, f) calls f(name, field), or f(name, number, its range), for every field of x, which
// may be constant. A field is a number, a truth value, an enumeration with names, an std::optional, or again something
// that each_parameter takes.

namespace nputwin {

struct Range {
  int lo = 0, hi = 0;
};

template <typename T, typename U>
concept Same = std::same_as<std::remove_const_t<T>, U>;

template <Same<RequantizeRule> T, typename F>
void each_parameter(T& rule, F&& f) {
  f("method", rule.method);
  f("scale", rule.scale);
  f("multiplier_bits", rule.multiplier_bits, Range{1, 31});
  f("multiplier_rounding", rule.multiplier_rounding);
  f("multiplier_plus_one", rule.multiplier_plus_one);
  f("common_exponent", rule.common_exponent);
  f("product_bits", rule.product_bits, Range{0, 64});
  f("product_rounding", rule.product_rounding);
  f("guard_bits", rule.guard_bits, Range{0, RequantizeRule::kAllGuardBits});
  f("ties", rule.rounding);
  f("zero_point_first", rule.zero_point_first);
  f("zero_point_in_accumulator", rule.zero_point_in_accumulator);
  f("accumulator_bits", rule.accumulator_bits, Range{2, 64});
  f("accumulator_overflow", rule.accumulator_overflow);
}

template <Same<RealRule> T, typename F>
void each_parameter(T& rule, F&& f) {
  f("ties", rule.rounding);
  f("zero_point_first", rule.zero_point_first);
}

template <Same<MatmulRule> T, typename F>
void each_parameter(T& rule, F&& f) {
  f("rule", rule.rule);
  f("single_column", rule.single_column);
  f("grouped", rule.grouped);
}

template <Same<DepthwiseRule> T, typename F>
void each_parameter(T& rule, F&& f) {
  f("rule", rule.rule);
  f("last_channels", rule.last_channels);
  f("fast_3x3", rule.fast_3x3);
  f("block", rule.block, Range{1, 1024});
}

template <Same<Profile::EightBit> T, typename F>
void each_parameter(T& rules, F&& f) {
  f("conv", rules.conv);
  f("depthwise", rules.depthwise);
  f("fully_connected", rules.fully_connected);
  f("transpose_conv", rules.transpose_conv);
}

template <Same<Int16Rules> T, typename F>
void each_parameter(T& rules, F&& f) {
  f("int64_sum", rules.int64_sum);
  f("int32_sum", rules.int32_sum);
  f("fully_connected_int64_sum", rules.fully_connected_int64_sum);
  f("fully_connected_int32_sum", rules.fully_connected_int32_sum);
  f("convolution_width", rules.convolution_width);
  f("fully_connected_width", rules.fully_connected_width);
}

template <Same<BatchMatmulRule> T, typename F>
void each_parameter(T& rule, F&& f) {
  f("rule", rule.rule);
  f("by_rows", rule.by_rows);
  f("one_row", rule.one_row);
  f("one_row_by_rows", rule.one_row_by_rows);
}

template <Same<MeanRules> T, typename F>
void each_parameter(T& rules, F&& f) {
  f("int8_spatial", rules.int8_spatial);
  f("uint8_spatial", rules.uint8_spatial);
  f("int16_spatial", rules.int16_spatial);
  f("general", rules.general);
  f("negative_axes_count", rules.negative_axes_count);
}

/// RealRules by family.
template <Same<decltype(Profile::real_of)> T, typename F>
void each_parameter(T& rules, F&& f) {
  for (std::size_t i = 0; i < rules.size(); ++i) f(kEnumNames<Family>[i], rules[i]);
}

template <Same<Profile> T, typename F>
void each_parameter(T& p, F&& f) {
  f("int8", p.int8);
  f("uint8", p.uint8);
  f("int16", p.int16);
  f("fully_connected_per_channel", p.fully_connected_per_channel);
  f("fully_connected_drops_zero", p.fully_connected_drops_zero);
  f("batch_matmul", p.batch_matmul);
  f("batch_matmul_column_scales", p.batch_matmul_column_scales);
  f("transpose_conv_activation", p.transpose_conv_activation);
  f("batch_matmul_drops_zero", p.batch_matmul_drops_zero);
  f("requantizes_weights", p.requantizes_weights);
  f("mul", p.mul);
  f("relu", p.relu);
  f("binary64_ratios", p.binary64_ratios);
  f("relu6_clamps_input", p.relu6_clamps_input);
  f("fixed_point_roundings", p.fixed_point_roundings);
  f("real", p.real);
  f("real_of", p.real_of);
  f("add_method", p.add);
  f("sub_method", p.sub);
  f("add_shifts_powers_of_two", p.add_shifts_powers_of_two);
  f("mul_method", p.mul_method);
  f("div_method", p.div);
  f("squared_difference_method", p.squared_difference);
  f("average_pool_method", p.average_pool);
  f("l2_pool_method", p.l2_pool);
  f("mean_method", p.mean);
  f("average", p.average);
  f("sum_method", p.sum);
  f("sum_adds_equal_codes", p.sum_adds_equal_codes);
  f("sum_int16_method", p.sum_int16);
  f("prod_method", p.prod);
  f("prod_of_one_method", p.prod_of_one);
  f("reduces_in_binary16", p.reduces_in_binary16);
  f("softmax_method", p.softmax);
  f("table_method", p.table);
  f("gelu_is_tanh", p.gelu_is_tanh);
  f("leaky_relu_method", p.leaky_relu);
  f("hard_swish_method", p.hard_swish);
  f("hard_swish_of_numbers", p.hard_swish_of_numbers);
  f("l2_normalization_of_numbers", p.l2_normalization_of_numbers);
  f("int8_functions_method", p.int8_functions);
  f("int16_functions_method", p.int16_functions);
  f("softmax_tables_in_binary32", p.softmax_tables_in_binary32);
  f("int16_rsqrt_by_steps", p.int16_rsqrt_by_steps);
  f("quantize_method", p.quantize);
  f("requantize_method", p.requantize);
  f("dequantize_method", p.dequantize);
  f("concatenation_method", p.concatenation);
  f("resize_bilinear_method", p.resize_bilinear);
  f("resize_bilinear_fours", p.resize_bilinear_fours);
  f("space_to_batch_pads_code_0", p.space_to_batch_pads_code_0);
  f("lstm_projection_vectorized", p.lstm_projection_vectorized);
  f("lstm_subtracts_hidden_zero", p.lstm_subtracts_hidden_zero);
  f("lstm_by_tables", p.lstm_by_tables);
  f("same_padding_wraps", p.same_padding_wraps);
  f("fused_multiply_add", p.fused_multiply_add);
  f("reassociates", p.reassociates);
  f("real_overflow", p.real_overflow);
  f("cast_overflow", p.cast_overflow);
  f("real_rounding", p.real_rounding);
  f("op_registry", p.registry);
}

/// What has parameters of its own.
template <typename T>
concept Composite = requires(T& x) {
  each_parameter(x, [](auto&&...) {});
};

template <typename T>
inline constexpr bool kIsOptional = false;
template <typename T>
inline constexpr bool kIsOptional<std::optional<T>> = true;

}  // namespace nputwin
