#include "report/embeddings_report.h"

#include "io/json.h"

namespace nputwin::report {
namespace {

std::string row_text(const char* what, const DistanceSummary& s, bool with_row) {
  return fmt::format("{:<28} {:>10.4g} {:>10.4g} {:>10.4g} {:>10.4g} {:>10.4g}{}\n", what, s.mean, s.least, s.median,
                     s.p95, s.largest, with_row ? fmt::format("  row {}", s.largest_at) : "");
}

std::string rate_text(double share) { return fmt::format("{:.3f} %", 100 * share); }

Json summary_json(const DistanceSummary& s, bool with_row) {
  Json json{{"count", s.count},   {"mean", s.mean}, {"least", s.least},
            {"median", s.median}, {"p95", s.p95},   {"largest", s.largest}};
  if (with_row) json["largest_row"] = s.largest_at;
  return json;
}

}  // namespace

std::string embeddings_text(const EmbeddingsDiff& diff, const std::string& a, const std::string& b) {
  std::string text = fmt::format("A = {}, B = {}; {} embedding{} of {} numbers\n\n", a, b, diff.rows,
                                 diff.rows == 1 ? "" : "s", diff.width);
  const std::string euclid = diff.codes ? "Euclidean, steps" : "Euclidean";
  text += fmt::format("{:<28} {:>10} {:>10} {:>10} {:>10} {:>10}\n", "distance", "mean", "least", "median", "95 %",
                      "largest");
  text += row_text("A to B: cosine", diff.cosine, true);
  text += row_text(("A to B: " + euclid).c_str(), diff.euclid, true);
  if (diff.spread.count > 0) {
    text += row_text("rows of A: cosine", diff.spread, false);
    text += row_text(("rows of A: " + euclid).c_str(), diff.lengths, false);
  }
  if (diff.same) text += "\nevery number is the same\n";
  if (diff.trials.empty()) return text;
  text += fmt::format("\na pair is accepted where its cosine distance is at most the threshold: {:.6g}, {}\n",
                      *diff.threshold, diff.threshold_given ? "as given" : "that of A's equal error rate");
  text += fmt::format("{:<8} {:<5} {:>8} {:>9} {:>10} {:>10} {:>10} {:>10}\n", "enrolled", "probe", "genuine",
                      "impostors", "EER", "at", "FMR", "FNMR");
  for (const Trial& trial : diff.trials)
    text += fmt::format("{:<8} {:<5} {:>8} {:>9} {:>10} {:>10.6f} {:>10} {:>10}\n", trial.enrolled, trial.probe,
                        trial.genuine, trial.impostors, rate_text(trial.equal_error.rate), trial.equal_error.threshold,
                        rate_text(trial.fmr), rate_text(trial.fnmr));
  return text;
}

std::string embeddings_json(const EmbeddingsDiff& diff, const std::string& a, const std::string& b) {
  Json json{
      {"a", a},
      {"b", b},
      {"rows", diff.rows},
      {"width", diff.width},
      {"same", diff.same},
      {"unit", diff.codes ? "step" : "value"},
      {"pairs", {{"cosine", summary_json(diff.cosine, true)}, {"euclidean", summary_json(diff.euclid, true)}}},
      {"spread", {{"cosine", summary_json(diff.spread, false)}, {"euclidean", summary_json(diff.lengths, false)}}}};
  if (diff.trials.empty()) return to_text(json);
  json["threshold"] = *diff.threshold;
  json["threshold_given"] = diff.threshold_given;
  auto& trials = json["trials"] = Json::array();
  for (const Trial& t : diff.trials)
    trials.push_back({{"enrolled", t.enrolled},
                      {"probe", t.probe},
                      {"genuine", t.genuine},
                      {"impostors", t.impostors},
                      {"eer", t.equal_error.rate},
                      {"eer_threshold", t.equal_error.threshold},
                      {"fmr", t.fmr},
                      {"fnmr", t.fnmr}});
  return to_text(json);
}

}  // namespace nputwin::report
