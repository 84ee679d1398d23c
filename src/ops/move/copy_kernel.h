#pragma once

#include <vector>

#include "kernels/copy/nd_copy.h"
#include "ops/op.h"

namespace nputwin {

/// A kernel that only moves codes: box copies between inputs and outputs, over a background where asked for.
class CopyKernel final : public ComparableKernel<CopyKernel> {
 public:
  struct Part {
    std::size_t input, output;
    NdCopy copy;
    bool operator==(const Part&) const = default;
  };
  explicit CopyKernel(std::vector<Part> parts) : parts_(std::move(parts)) {}
  /// Fills output 0 with the element `background` (its bytes) before copying.
  CopyKernel(std::vector<Part> parts, std::vector<std::byte> background)
      : parts_(std::move(parts)), background_(std::move(background)) {}

  void run(const RunContext& context) const override;
  [[nodiscard]] KernelForm form() const override { return form_; }
  void set_form(KernelForm form) { form_ = std::move(form); }
  [[nodiscard]] bool only_moves() const override { return true; }
  [[nodiscard]] auto parameters() const { return std::tie(parts_, background_); }

 private:
  std::vector<Part> parts_;
  std::vector<std::byte> background_;
  KernelForm form_;
};

/// Input `input` to output 0 in the same order, as RESHAPE and others need it.
[[nodiscard]] std::unique_ptr<Kernel> same_order_copy(const NodeView& node, std::size_t input = 0);

}  // namespace nputwin
