#include "report/gate.h"
#include "report/text.h"

namespace nputwin::report {

/// The columns of LiteRT's accuracy_debugger: A is its reference, B its accelerator. Figures are of quantized values
/// where a tensor has them. A layer fails as in the JUnit report.
std::vector<ReportFile> accuracy_debugger_report(const Report& report) {
  const auto number = [](const std::optional<double>& v) { return v ? fmt::format("{:.9g}", *v) : std::string(); };
  std::string text =
      "Index,Op Code,Tensor Name,Max Diff,MSE,Cos Sim,SNR (dB),PSNR (dB),NaN,Min Ref,Max Ref,Min Accel,Max "
      "Accel,Status\n";
  const std::vector<Failure> failed = failures(report);
  for (const LayerDiff& layer : report.result.layers) {
    const DifferenceStats& s = layer.accumulated;
    text +=
        fmt::format("{},{},{},{:.9g},{:.9g},{},{},{},{},{:.9g},{:.9g},{:.9g},{:.9g},{}\n", layer.node.index, layer.op,
                    csv_field(layer.name), s.largest(), s.rms() * s.rms(), number(s.cosine()), number(s.sqnr_db()),
                    number(s.psnr_db()), s.nans(), s.extent_a().least, s.extent_a().most, s.extent_b().least,
                    s.extent_b().most, failure_of(report, failed, layer).empty() ? "PASS" : "FAIL");
  }
  return {{"", text}};
}

}  // namespace nputwin::report
