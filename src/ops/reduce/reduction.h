#pragma once

#include <optional>
#include <vector>

#include "ops/op.h"

namespace nputwin {

/// How the elements of input 0 are gathered into those of the output, over the constant axes of input 1.
struct Reduction {
  std::vector<bool> reduced;            ///< one for each input dimension
  std::vector<std::int64_t> to_stride;  ///< of each input dimension in the output; 0 where reduced
  std::int64_t count = 1;               ///< input elements that make one output element
  std::int64_t outputs = 1;

  /// Calls f(input element, output element) for each input element in memory order.
  template <typename F>
  void for_each(const Shape& in, F&& f) const {
    std::int64_t from = 0;
    walk(in, 0, from, 0, f);
  }
  /// The input elements that make output element `element`, in memory order.
  [[nodiscard]] std::vector<std::int64_t> sources(const Shape& in, std::int64_t element) const {
    std::vector<std::int64_t> elements;
    for_each(in, [&](std::int64_t from, std::int64_t to) {
      if (to == element) elements.push_back(from);
    });
    return elements;
  }

  /// Where the dimensions that are reduced follow each other: [outer][count][inner], of which the middle is reduced.
  struct Block {
    std::int64_t outer = 1, inner = 1;
  };
  [[nodiscard]] std::optional<Block> block(const Shape& in) const {
    Block b;
    std::size_t d = 0;
    for (; d < in.size() && !reduced[d]; ++d) b.outer *= in[d];
    for (; d < in.size() && (reduced[d] || in[d] == 1); ++d) {
    }
    for (; d < in.size(); ++d) {
      if (reduced[d] && in[d] != 1) return std::nullopt;
      b.inner *= in[d];
    }
    return b;
  }

  bool operator==(const Reduction&) const = default;

 private:
  template <typename F>
  void walk(const Shape& in, std::size_t d, std::int64_t& from, std::int64_t to, F& f) const {
    if (d == in.size()) {
      f(from++, to);
      return;
    }
    if (d + 1 == in.size()) {
      for (std::int32_t i = 0; i < in[d]; ++i) f(from++, to + i * to_stride[d]);
      return;
    }
    for (std::int32_t i = 0; i < in[d]; ++i) walk(in, d + 1, from, to + i * to_stride[d], f);
  }
};

[[nodiscard]] Result<Reduction> reduction_of(const NodeView& node);

/// Shape inference of an op with the format's ReducerOptions.
[[nodiscard]] Result<Shapes> reduction_shapes(const NodeView& node);

}  // namespace nputwin
