// The definition of every layer: each sum, exact, then each epilogue's definition.

#include "mac/scalar.h"

#include "mac/backend.h"

namespace nputwin {
namespace mac_scalar {
namespace {

class ScalarMac final : public MacKernel {
 public:
  using MacKernel::MacKernel;
  using MacKernel::run;

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const std::int64_t row =
        std::visit([](const auto& taps) -> std::int64_t { return taps.row_elements(); }, layer().taps);
    const std::int64_t elements = outputs[0].spec->elements();
    with_code_type(layer().type, [&](auto code) {
      using T = decltype(code);
      context.pool->parallel(elements / row, [&](std::int64_t r, int) {
        for_each_sum(layer(), context, r * row, row, [&](std::int64_t element, std::int64_t sum) {
          for (std::size_t i = 0; i < epilogues.size(); ++i) {
            outputs[i].as<T>()[static_cast<std::size_t>(element)] =
                static_cast<T>(epilogues[i]->element(element).code(sum));
          }
        });
      });
    });
  }
};

bool is_for(const Taps& /*taps*/) { return true; }
std::string refuses(const MacLayer& /*layer*/, const Machine& /*machine*/) { return {}; }
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& /*machine*/) {
  return std::make_unique<ScalarMac>(std::move(layer), std::move(epilogue));
}

}  // namespace
}  // namespace mac_scalar

const MacBackend& scalar_backend() {
  static constexpr MacBackend kBackend{"scalar", mac_scalar::is_for, mac_scalar::refuses, mac_scalar::make, true};
  return kBackend;
}

}  // namespace nputwin
