#include "comparison.h"

#include <algorithm>

#include "analysis/compare/output_kind.h"
#include "base/hash.h"
#include "profile/profile_json.h"
#include "profile/variant.h"
#include "report/report.h"
#include "say.h"

namespace nputwin::delegate {
namespace {

Result<report::Report::Side> side_of(const std::string& text, std::string& hash) {
  NPUTWIN_ASSIGN_OR_RETURN(const Profile profile, resolve_profile(text));
  const std::string document = profile_to_json(profile);
  hash = sha256_hex(std::as_bytes(std::span(document)));
  return report::Report::Side{profile.name, profile.summary, std::nullopt};
}

/// The graph whose nodes are those of all partitions, which have one graph's indices.
std::shared_ptr<const Model> all_nodes(const std::vector<std::shared_ptr<const Model>>& models) {
  auto all = std::make_shared<Model>(*models.front());
  Graph& graph = all->graphs[0];
  for (const auto& model : models) {
    const Graph& part = model->main();
    for (std::size_t i = 0; i < part.nodes.size(); ++i) {
      if (!part.nodes[i].left_out) graph.nodes[i] = part.nodes[i];
    }
    if (model == models.front()) continue;
    graph.inputs.insert(graph.inputs.end(), part.inputs.begin(), part.inputs.end());
    graph.outputs.insert(graph.outputs.end(), part.outputs.begin(), part.outputs.end());
  }
  return all;
}

void append(DiffResult& all, DiffResult part) {
  std::ranges::move(part.layers, std::back_inserter(all.layers));
  std::ranges::move(part.outputs, std::back_inserter(all.outputs));
  std::ranges::move(part.notes, std::back_inserter(all.notes));
  std::ranges::move(part.seconds, std::back_inserter(all.seconds));
}

}  // namespace

void Comparison::Partition::begin() {
  diff = std::make_unique<Diff>(sides);
  diff->judge(outputs);
  samples = 0;
}

Status Comparison::add_partition(int number, const std::shared_ptr<const Model>& model, const SessionOptions& session) {
  const std::lock_guard lock(mutex_);
  SideOptions options;
  options.session = session;
  NPUTWIN_ASSIGN_OR_RETURN(Sides sides, open_sides(model, options_.profile_text, options_.compare, options));
  // Of what the runtime gets, what the differences mean.
  NPUTWIN_ASSIGN_OR_RETURN(auto outputs, known_outputs(*model, tensor_specs(*model, session), {}));
  Partition& partition = partitions_[number];
  const bool anew = partition.samples > 0;
  partition.diff.reset();
  partition.sides = std::move(sides);
  partition.outputs = std::move(outputs);
  partition.begin();
  if (anew) {
    say("compare: the inputs have another shape than before: the report begins anew");
    for (auto& [other_number, other] : partitions_) other.begin();
    written_ = 0;
  }
  return {};
}

void Comparison::give_up(const Error& reason) {
  const std::lock_guard lock(mutex_);
  if (!given_up_) say("compare: nothing more is compared: " + reason.message);
  given_up_ = true;
}

Status Comparison::add(int number, std::span<const Tensor> inputs) {
  const std::lock_guard lock(mutex_);
  const auto found = partitions_.find(number);
  if (found == partitions_.end() || given_up_) return {};
  Partition& partition = found->second;
  NPUTWIN_RETURN_IF_ERROR(partition.diff->add(partition.samples, inputs));
  ++partition.samples;
  const std::size_t runs = complete_runs();
  if (runs > written_ && (runs & (runs - 1)) == 0) write_or_say();
  return {};
}

std::size_t Comparison::complete_runs() const {
  std::size_t least = partitions_.empty() ? 0 : SIZE_MAX;
  for (const auto& [number, partition] : partitions_) least = std::min(least, partition.samples);
  return least;
}

void Comparison::finish() {
  const std::lock_guard lock(mutex_);
  if (complete_runs() > written_) write_or_say();
}

void Comparison::write_or_say() {
  written_ = complete_runs();
  if (auto status = write(); !status && !failed_) {
    failed_ = true;
    say(fmt::format("report: {}", status.error().message));
  }
}

Status Comparison::write() {
  report::Report report;
  std::vector<std::shared_ptr<const Model>> models;
  for (const auto& [number, partition] : partitions_) {
    DiffResult part = partition.diff->result();
    if (models.empty()) {
      report.result = std::move(part);
    } else {
      append(report.result, std::move(part));
    }
    models.push_back(partition.sides.model);
  }
  report.result.samples = complete_runs();
  report.model = all_nodes(models);
  NPUTWIN_ASSIGN_OR_RETURN(report.a, side_of(options_.profile_text, report.profile_a));
  NPUTWIN_ASSIGN_OR_RETURN(report.b, side_of(options_.compare, report.profile_b));
  report.version = NPUTWIN_VERSION;
  report.samples = {{0, report.result.samples}};
  const std::vector<report::ReportFile> files = report::format_of_file(options_.report)->write(report);
  return write_file_whole(options_.report, files.front().content);
}

}  // namespace nputwin::delegate
