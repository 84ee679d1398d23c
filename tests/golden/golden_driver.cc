// Answers questions about models on stdin, one a line, fields apart by tabs: the Python tests need not start the tool
// for each of some ten thousand runs. An answer is a line of JSON; what is refused is {"refused": why}.
//   hashes MODEL PROFILE SOURCE ISA THREADS   {"tensor index": hash} of every op's output; ISA as --isa, or both empty
//   families MODEL PROFILE                    {"tensor index": [family of the op that makes it, elements]}
//   steps MODEL PROFILE SOURCE MOST           what is told of MOST elements of each output: told_steps
//   parted MODEL A SOURCE MOST B              what is told of elements that differ: parted_elements

#include <cstdio>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include "api/inspect.h"
#include "api/run.h"
#include "golden/explain_questions.h"
#include "io/json.h"
#include "report/values.h"

namespace nputwin::test {
namespace {

using Fields = std::vector<std::string>;

Fields fields_of(const std::string& line) {
  Fields fields;
  std::istringstream rest(line);
  for (std::string field; std::getline(rest, field, '\t');) fields.push_back(field);
  fields.resize(6);
  return fields;
}

Result<Json> hashes(const Fields& asked) {
  api::RunOptions options{asked[1], asked[2], {asked[3]}, {}, false, true, ""};
  if (!asked[4].empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(options.session.isa, find_isa(asked[4]));
  }
  options.session.threads = asked[5].empty() ? 1 : std::stoi(asked[5]);
  NPUTWIN_ASSIGN_OR_RETURN(const api::RunResult result, api::run(options));
  // A runtime runs a whole model or none of it.
  if (!result.not_run.ops.empty()) {
    const NotRun::Op& first = result.not_run.ops.front();
    return error("{}: op {} {}: {}", asked[1], first.node, first.op, first.why);
  }
  return report::hashes_json(result.hashes);
}

Result<Json> families(const Fields& asked) {
  NPUTWIN_ASSIGN_OR_RETURN(const api::Inspected inspected, api::inspect({asked[1], asked[2], {}}));
  Json json = Json::object();
  for (const NodeCoverage& c : inspected.coverage) {
    const auto& outputs = inspected.model->node(c.node).outputs;
    for (std::size_t k = 0; k < c.shapes.size(); ++k)
      json[std::to_string(outputs[k])] = {name(c.evidence.family), element_count(c.shapes[k]).value_or(0)};
  }
  return json;
}

Result<Json> answer(const std::string& line) {
  const Fields asked = fields_of(line);
  if (asked[0] == "hashes") return hashes(asked);
  if (asked[0] == "families") return families(asked);
  if (asked[0] == "steps") return told_steps(asked[1], asked[2], asked[3], std::stoll(asked[4]));
  if (asked[0] == "parted") return parted_elements(asked[1], asked[2], asked[5], asked[3], std::stoll(asked[4]));
  return error("no question '{}'", asked[0]);
}

}  // namespace
}  // namespace nputwin::test

int main() {
  using namespace nputwin;
  for (std::string line; std::getline(std::cin, line);) {
    const Result<Json> json = test::answer(line);
    std::printf("%s\n", to_line(json ? *json : Json{{"refused", json.error().message}}).c_str());
    std::fflush(stdout);
  }
}
