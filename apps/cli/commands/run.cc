// nputwin run: one model, one profile, one input.

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "base/hash.h"
#include "cli.h"
#include "io/npz.h"
#include "report/values.h"

namespace nputwin::cli {
namespace {

struct Arguments {
  ModelArgument model;
  InputArgument input;
  MachineArguments machine;
  FormatArgument format;
  ProfileArgument profile;
  std::string output, hashes, labels;
  bool all = false;
  int top = 5;
};

/// Collects what was asked for as ops finish.
class Collector final : public Observer {
 public:
  Collector(const Session& session, const Arguments& arguments) : session_(session), arguments_(arguments) {}

  void on_node(std::size_t node, std::span<const TensorView> outputs) override {
    const auto& indices = session_.graph().nodes[node].outputs;
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      if (!arguments_.hashes.empty()) hashes_[std::to_string(indices[k])] = tensor_hash(outputs[k].bytes);
      if (!arguments_.output.empty() && arguments_.all) keep(outputs[k], indices[k]);
    }
    progress_.at(node + 1, session_.graph().nodes.size());
  }

  /// Two tensors may share a name; the second gets its index behind it.
  void keep(const TensorView& view, int index) {
    std::string name = view.spec->name.empty() ? fmt::format("tensor_{}", index) : view.spec->name;
    if (const auto found = owner_.find(name); found != owner_.end() && found->second != index)
      name += fmt::format("#{}", index);
    owner_[name] = index;
    tensors_[name] = {*view.spec, {view.bytes.begin(), view.bytes.end()}};
  }

  [[nodiscard]] const nlohmann::ordered_json& hashes() const { return hashes_; }
  [[nodiscard]] const TensorSet& tensors() const { return tensors_; }

 private:
  const Session& session_;
  const Arguments& arguments_;
  nlohmann::ordered_json hashes_ = nlohmann::ordered_json::object();
  TensorSet tensors_;
  std::map<std::string, int> owner_;
  Progress progress_{"run"};
};

Result<std::vector<std::string>> read_labels(const std::string& path) {
  std::vector<std::string> labels;
  if (path.empty()) return labels;
  NPUTWIN_ASSIGN_OR_RETURN(const auto blob, read_file(path));
  std::string line;
  for (const std::byte b : blob->bytes()) {
    const char c = static_cast<char>(b);
    if (c == '\n')
      labels.push_back(std::exchange(line, {}));
    else if (c != '\r')
      line += c;
  }
  if (!line.empty()) labels.push_back(line);
  return labels;
}

Result<Exit> run(const Arguments& a) {
  NPUTWIN_ASSIGN_OR_RETURN(Profile profile, a.profile.read());
  NPUTWIN_ASSIGN_OR_RETURN(const SessionOptions options, a.machine.options());
  NPUTWIN_ASSIGN_OR_RETURN(const auto labels, read_labels(a.labels));
  NPUTWIN_ASSIGN_OR_RETURN(auto model, a.model.read());
  NPUTWIN_ASSIGN_OR_RETURN(Session session, Session::prepare(std::move(model), std::move(profile), options));
  NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, make_session_input(session, a.input.sources));
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));

  Collector collector(session, a);
  session.run(&collector);
  std::vector<TensorView> outputs;
  for (std::size_t k = 0; k < session.graph().outputs.size(); ++k) {
    outputs.push_back(session.output(k));
    if (!a.output.empty()) collector.keep(outputs.back(), session.graph().outputs[k]);
  }
  if (!a.output.empty()) NPUTWIN_RETURN_IF_ERROR(write_npz(a.output, collector.tensors()));
  if (!a.hashes.empty()) NPUTWIN_RETURN_IF_ERROR(write_file_whole(a.hashes, collector.hashes().dump(1) + "\n"));
  if (a.format.format == "json") {
    fmt::print("{}\n", report::values_json(a.model.path, session.profile().name, outputs).dump(1));
  } else {
    fmt::print("{}", report::values_text(outputs, labels, a.top));
  }
  return Exit::kSame;
}

}  // namespace

void add_run_command(Command root) {
  Command command = root.verb("run", "Run a model with one profile's arithmetic and print its outputs");
  auto a = std::make_shared<Arguments>();
  a->model.add(command);
  a->profile.add(command, "--profile,-p", "Whose arithmetic").required();
  a->input.add(command);
  command.option("--output,-o", a->output, "Write the outputs to this .npz, keyed by tensor name");
  command.flag("--all", a->all, "With --output: every op's output");
  command.option("--hashes", a->hashes,
                 "Write {\"tensor index\": \"first 16 hex digits of its sha256\"} of every op's output");
  command.option("--labels", a->labels, "A text file with one class name a line");
  command.option("--top", a->top, "How many of the largest values of an output to print").from(1, 1000).shows_default();
  a->format.add(command, {"text", "json"});
  a->machine.add(command);
  command.does([a] { return run(*a); });
}

}  // namespace nputwin::cli
