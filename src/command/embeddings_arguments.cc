#include "command/embeddings_arguments.h"

#include <charconv>
#include <cmath>
#include <optional>

#include "api/embeddings.h"
#include "report/embeddings_report.h"

namespace nputwin::command {
namespace {

template <typename T>
Result<std::optional<T>> read_number(const char* option, const std::string& text) {
  if (text.empty()) return std::optional<T>();
  T value{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failed != std::errc() || end != text.data() + text.size() || !std::isfinite(static_cast<double>(value)))
    return error("{} '{}': expected a{} number", option, text, std::is_integral_v<T> ? " whole" : "");
  return std::optional<T>(value);
}

}  // namespace

void EmbeddingsArguments::add(Command command) {
  command
      .option("--embeddings", files,
              "In place of a model: two files of embeddings, one a row of [N,D]. Their distances are printed")
      .value("A.npy B.npy")
      .group(kEmbeddingsGroup)
      .two();
  command
      .option("--labels", labels,
              "With --embeddings: who each row is, a text with one a line or an .npy of integers. Adds error rates")
      .value("FILE")
      .group(kEmbeddingsGroup);
  command
      .option("--threshold", threshold,
              "With --labels: the largest cosine distance that is accepted. By default that of A's equal error rate")
      .value("DISTANCE")
      .group(kEmbeddingsGroup);
  command.option("--zero-point", zero_point, "With --embeddings: the zero point of quantized values")
      .value("N")
      .group(kEmbeddingsGroup);
}

Result<Exit> EmbeddingsArguments::run(const FormatArgument& format, const Program& program) const {
  if (format.format == "csv") return error("--embeddings: expected --format text or json, not csv");
  api::EmbeddingsOptions options{files[0], files[1], labels, {}, {}};
  NPUTWIN_ASSIGN_OR_RETURN(options.threshold, read_number<double>("--threshold", threshold));
  NPUTWIN_ASSIGN_OR_RETURN(options.zero_point, read_number<std::int32_t>("--zero-point", zero_point));
  NPUTWIN_ASSIGN_OR_RETURN(const EmbeddingsDiff diff, api::diff_embeddings(options, program.progress("trials")));
  format.print(
      program, [&] { return report::embeddings_text(diff, files[0], files[1]); },
      [&] { return report::embeddings_json(diff, files[0], files[1]); });
  return diff.same ? Exit::kSame : Exit::kDiffers;
}

}  // namespace nputwin::command
