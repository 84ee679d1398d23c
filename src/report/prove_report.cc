#include "report/prove_report.h"

#include <algorithm>
#include <map>

#include "base/in_lines.h"
#include "base/plural.h"
#include "report/text.h"
#include "report/text_table.h"

namespace nputwin::report {
namespace {

/// 1,234,567
std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  for (std::ptrdiff_t at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), ",");
  return digits;
}

std::string_view arguments_word(ProofBy by) {
  switch (by) {
    case ProofBy::kSums:
      return "sums";
    case ProofBy::kCodes:
      return "codes";
    case ProofBy::kPairs:
      return "pairs";
    case ProofBy::kSteps:
      return "inner values";
    case ProofBy::kSearch:
      return "values tried";
    case ProofBy::kSameRule:
      break;
  }
  return "";
}

std::string count_text(const OpProof& p) {
  if (p.by == ProofBy::kSameRule) return p.verdict == ProofVerdict::kEqual ? "one rule" : "";
  const std::string of = fmt::format("{} {}", grouped(p.arguments), arguments_word(p.by));
  if (p.differing == 0) return p.verdict == ProofVerdict::kOpen ? "none of " + of : "all " + of;
  return fmt::format("{}{} of {}", p.at_most ? "at most " : "", grouped(p.differing), of);
}

std::string example_text(const OpProof& p) {
  if (!p.example) return "";
  const CounterExample& e = *p.example;
  switch (p.by) {
    case ProofBy::kSums:
      return fmt::format("sum {}: {:.9g}, {:.9g}", e.argument, e.a, e.b);
    case ProofBy::kPairs:
      return fmt::format("{} and {}: {:.9g}, {:.9g}", e.argument, e.second, e.a, e.b);
    case ProofBy::kCodes:
      return fmt::format("{}: {:.9g}, {:.9g}", e.argument, e.a, e.b);
    case ProofBy::kSteps:
    case ProofBy::kSearch:
    case ProofBy::kSameRule:
      break;
  }
  return fmt::format("element {}: {:.9g}, {:.9g}", e.element, e.a, e.b);
}

/// By which rules a side's ops are computed, the worst known first: "2 assumed (add, mean), 30 measured".
std::string rests_on(const Proof& proof, Evidence ProvenOp::*rule) {
  struct Known {
    std::size_t ops = 0;
    std::vector<std::string_view> families;
  };
  std::map<Confidence, Known, std::greater<>> by_confidence;
  for (const ProvenOp& op : proof.ops) {
    Known& known = by_confidence[(op.*rule).confidence];
    ++known.ops;
    const std::string_view family = name((op.*rule).family);
    if (std::ranges::find(known.families, family) == known.families.end()) known.families.push_back(family);
  }
  std::string text;
  for (const auto& [confidence, known] : by_confidence) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", known.ops, name(confidence));
    if (confidence > Confidence::kEvidence) text += fmt::format(" ({})", fmt::join(known.families, ", "));
  }
  return text;
}

std::string table(const Proof& proof, std::size_t columns) {
  TextTable table(
      {{"op"}, {"type", true}, {"verdict", true}, {"differ"}, {"largest"}, {"for example", true}, {"output", true}});
  for (const ProvenOp& op : proof.ops) {
    const OpProof& p = op.proof;
    table.add({std::to_string(op.node.index), shortened(op.op, 20), std::string(name(p.verdict)), count_text(p),
               p.differing == 0 ? "" : fmt::format("{:.6g}", p.largest), example_text(p), op.name});
  }
  constexpr std::size_t kExample = 5, kName = 6, kNarrowestName = 12;
  std::size_t used = 0;
  for (std::size_t c = 0; c < kExample; ++c) used += table.longest(c) + 1;
  if (used + table.longest(kExample) > columns) {
    table.set_width(kExample, 0);
  } else {
    used += table.longest(kExample) + 1;
  }
  table.set_width(kName, columns > used + kNarrowestName ? columns - used : 0);
  return table.text();
}

std::string open_lines(const Proof& proof, std::size_t columns) {
  std::map<std::string, std::vector<std::size_t>> why;
  for (const ProvenOp& op : proof.ops) {
    if (op.proof.verdict == ProofVerdict::kOpen) why[op.proof.why].push_back(op.node.index);
  }
  std::string text;
  for (const auto& [reason, ops] : why) {
    text += in_lines(fmt::format("not proven: op{} {}: {}", ops.size() == 1 ? "" : "s", fmt::join(ops, ", "), reason),
                     columns, 2);
  }
  return text;
}

}  // namespace

std::string prove_text(const Proof& proof, const std::string& a, const std::string& b, std::size_t columns) {
  std::string text =
      in_lines(fmt::format("A = {}, B = {}; each op by itself, for all inputs it can get", a, b), columns, 0);
  text += "\n" + table(proof, columns) + "\n" + open_lines(proof, columns);
  const std::size_t equal = proof.count(ProofVerdict::kEqual), differ = proof.count(ProofVerdict::kDiffers);
  const std::size_t open = proof.count(ProofVerdict::kOpen);
  std::string verdict = fmt::format("{}: {} equal for all inputs, {} differ{}, {} open.",
                                    counted(proof.ops.size(), "op"), equal, differ, differ == 1 ? "s" : "", open);
  if (proof.equal())
    verdict += proof.whole ? " The model is equal from end to end, for all inputs."
                           : " What is run of the model is equal from end to end, for all inputs.";
  else if (differ == 0)
    verdict += " Nothing is shown to differ, but not all is proven.";
  else
    verdict += " The model is not proven equal.";
  text += in_lines(verdict, columns, 0);
  text += in_lines(fmt::format("This holds if both compute as their profiles say. Rules of A: {}. Rules of B: {}.",
                               rests_on(proof, &ProvenOp::rule_a), rests_on(proof, &ProvenOp::rule_b)),
                   columns, 0);
  return text;
}

std::string open_text(const Proof& proof, std::span<const OpenProof> open, std::size_t columns) {
  if (open.empty()) return "No parameter of the profiles is known to be open.\n";
  std::string text = "If a parameter that evidence leaves open has another value:\n";
  std::vector<bool> always(proof.ops.size());
  for (std::size_t i = 0; i < always.size(); ++i) always[i] = proof.ops[i].proof.verdict == ProofVerdict::kEqual;
  for (const OpenProof& o : open) {
    const std::string what =
        fmt::format("{}={} of {}", o.parameter->parameter, o.parameter->value, o.parameter->profile);
    if (!o.error.empty()) {
      text += in_lines(fmt::format("{}: not run: {}", what, o.error), columns, 4, "  ");
      continue;
    }
    std::vector<std::size_t> lost, won;
    for (std::size_t i = 0; i < std::min(o.proof.ops.size(), always.size()); ++i) {
      const bool is = o.proof.ops[i].proof.verdict == ProofVerdict::kEqual;
      const bool was = proof.ops[i].proof.verdict == ProofVerdict::kEqual;
      if (was && !is) lost.push_back(proof.ops[i].node.index);
      if (is && !was) won.push_back(proof.ops[i].node.index);
      always[i] = always[i] && is;
    }
    std::string line =
        fmt::format("{}: {} of {} equal", what, o.proof.count(ProofVerdict::kEqual), counted(o.proof.ops.size(), "op"));
    if (!lost.empty()) line += fmt::format("; no longer: {}", fmt::join(lost, ", "));
    if (!won.empty()) line += fmt::format("; newly: {}", fmt::join(won, ", "));
    text += in_lines(line, columns, 4, "  ");
  }
  const auto sure = std::ranges::count(always, true);
  text += fmt::format("Equal whatever of these holds: {} of {}.\n", sure, counted(always.size(), "op"));
  return text;
}

Json open_json(std::span<const OpenProof> open) {
  Json rows = Json::array();
  for (const OpenProof& o : open) {
    Json row{{"profile", o.parameter->profile}, {"parameter", o.parameter->parameter}, {"value", o.parameter->value}};
    if (o.error.empty()) {
      auto& equal = row["equal"] = Json::array();
      for (const ProvenOp& op : o.proof.ops) {
        if (op.proof.verdict == ProofVerdict::kEqual) equal.push_back(op.node.index);
      }
    } else {
      row["error"] = o.error;
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

Json prove_json(const Proof& proof, const std::string& a, const std::string& b) {
  Json json{{"a", a},
            {"b", b},
            {"equal", proof.equal()},
            {"whole", proof.whole},
            {"stopped", proof.stopped},
            {"ops_equal", proof.count(ProofVerdict::kEqual)},
            {"ops_differing", proof.count(ProofVerdict::kDiffers)},
            {"ops_open", proof.count(ProofVerdict::kOpen)}};
  auto& rows = json["ops"] = Json::array();
  for (const ProvenOp& op : proof.ops) {
    const OpProof& p = op.proof;
    Json row{{"op", op.node.index},
             {"type", op.op},
             {"name", op.name},
             {"verdict", name(p.verdict)},
             {"by", name(p.by)},
             {"arguments", p.arguments},
             {"differing", p.differing},
             {"at_most", p.at_most},
             {"largest", p.largest},
             {"confidence_a", name(op.rule_a.confidence)},
             {"confidence_b", name(op.rule_b.confidence)}};
    if (!p.why.empty()) row["why"] = p.why;
    if (p.example)
      row["example"] = {{"element", p.example->element},
                        {"argument", p.example->argument},
                        {"second", p.example->second},
                        {"a", p.example->a},
                        {"b", p.example->b}};
    rows.push_back(std::move(row));
  }
  return json;
}

}  // namespace nputwin::report
