#pragma once

#include <span>

#include "kernels/isa.h"
#include "kernels/kernel.h"
#include "mac/epilogue.h"
#include "mac/layer.h"

namespace nputwin {

/// What a layer is to run on.
struct Machine {
  Isa isa;
  int threads = 1;
};

/// A multiply-accumulate layer that is ready to run, by one of the backends.
class MacKernel : public Kernel {
 public:
  using Epilogues = std::span<const Epilogue* const>;
  using Outputs = std::span<const MutableTensorView>;

  MacKernel(MacLayer layer, Epilogue epilogue) : layer_(std::move(layer)), epilogue_(std::move(epilogue)) {}

  void run(const RunContext& context) const final {
    const Epilogue* const own = &epilogue_;
    run(context, {&own, 1}, context.outputs.first(1));
  }
  /// Several epilogues over one accumulation: outputs[i] = epilogues[i](sums). context.outputs is not read. The
  /// epilogues are of this layer, or of one that is equal to it. Cannot fail; allocates nothing.
  virtual void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const = 0;

  bool explain(const RunContext& context, std::size_t output, std::int64_t element, Trace& trace) const final;

  [[nodiscard]] std::unique_ptr<Definition> definition(const RunContext& context) const final;

  /// Whatever the backend.
  [[nodiscard]] bool same_as(const Kernel& other) const final {
    const auto* mac = dynamic_cast<const MacKernel*>(&other);
    return mac != nullptr && epilogue_ == mac->epilogue_ && layer_ == mac->layer_;
  }

  [[nodiscard]] const MacLayer& layer() const { return layer_; }
  [[nodiscard]] const Epilogue& epilogue() const { return epilogue_; }

  [[nodiscard]] KernelForm form() const final { return form_; }
  /// Set once by make_mac_kernel.
  void set_form(KernelForm form) { form_ = std::move(form); }

 private:
  MacLayer layer_;
  Epilogue epilogue_;
  KernelForm form_;
};

/// As the kernel of a multiply-accumulate layer, which can be asked about single elements; null where it is another.
[[nodiscard]] inline const MacKernel* mac_kernel_of(const Kernel& kernel) {
  return dynamic_cast<const MacKernel*>(&kernel);
}

}  // namespace nputwin
