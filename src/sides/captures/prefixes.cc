// What a board gave for each of a model's prefixes: a file a prefix, with the output of the op that the prefix ends
// with. `nputwin cut --every-layer` calls a prefix prefix_003_CONV_2D.tflite, and its output's file is
// prefix_003_CONV_2D.npy. Prefixes made otherwise lie in the same folder or in that of ,models=: then their graphs show
// which op they end with, and each file is called like its model, or the files are as many and in the same order.

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "base/folder.h"
#include "io/npz.h"
#include "io/tflite/reader.h"
#include "model/cut.h"
#include "sides/captures/array_file.h"

namespace nputwin::captures {
namespace {

constexpr std::string_view kPrefix = "prefix_", kModel = ".tflite", kArrays = ".npz";

std::string stem_of(const std::string& path) { return std::filesystem::path(path).stem().string(); }

bool holds_output(std::string_view name) { return name.ends_with(kArrays) || ArrayFile::is_one(name); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// layer2 before layer10: runs of digits compare as numbers.
bool in_order(const std::string& x, const std::string& y) {
  std::size_t i = 0, j = 0;
  while (i < x.size() && j < y.size()) {
    if (!is_digit(x[i]) || !is_digit(y[j])) {
      if (x[i] != y[j]) return x[i] < y[j];
      ++i, ++j;
      continue;
    }
    const auto number = [](const std::string& text, std::size_t& at) {
      std::size_t first = at;
      while (at < text.size() && is_digit(text[at])) ++at;
      while (first + 1 < at && text[first] == '0') ++first;
      return text.substr(first, at - first);
    };
    const std::string of_x = number(x, i), of_y = number(y, j);
    if (of_x.size() != of_y.size()) return of_x.size() < of_y.size();
    if (of_x != of_y) return of_x < of_y;
  }
  return std::pair(x.size() - i, x) < std::pair(y.size() - j, y);
}

/// The files of a folder whose names are such, in order.
std::vector<std::string> files_in(const std::string& folder, bool (*wanted)(std::string_view name)) {
  std::vector<std::string> files;
  const auto entries = entries_of(folder);
  if (!entries) return files;
  for (const std::string& path : *entries) {
    if (is_file(path) && wanted(std::filesystem::path(path).filename().string())) files.push_back(path);
  }
  std::sort(files.begin(), files.end(), in_order);
  return files;
}

bool is_model(std::string_view name) { return name.ends_with(kModel); }

/// The number in prefix_003_CONV_2D, and what is behind it.
std::optional<std::pair<std::size_t, std::string>> numbered(const std::string& stem) {
  if (!stem.starts_with(kPrefix)) return std::nullopt;
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(stem.data() + kPrefix.size(), stem.data() + stem.size(), number);
  if (failed != std::errc()) return std::nullopt;
  const std::string rest(end, stem.data() + stem.size());
  if (!rest.empty() && rest[0] != '_' && rest[0] != '.') return std::nullopt;
  return std::pair(number, rest.empty() ? rest : rest.substr(1));
}

bool is_numbered(std::string_view name) {
  return holds_output(name) && numbered(stem_of(std::string(name))).has_value();
}

/// Whether a file's stem is the model's, or begins with it: layer1, layer1_out, layer1.tflite for layer1.
bool is_called_after(const std::string& stem, const std::string& model) {
  return stem.starts_with(model) &&
         (stem.size() == model.size() || std::string_view("._-").find(stem[model.size()]) != std::string_view::npos);
}

/// A prefix: the op that it ends with, and the file with what a board gave for it; no file where it gave nothing.
struct Prefix {
  std::size_t node = 0;
  std::string file;
};

/// How often a graph has each op.
using Ops = std::map<std::string, std::size_t>;

/// Finds the op that a prefix model ends with.
class Ends {
 public:
  explicit Ends(const Target& target) : target_(target), graph_(target.model->main()) {
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      Ops& ops = ops_.emplace_back();
      for (const std::size_t n : prefix_of(graph_, i).nodes) ++ops[graph_.nodes[n].op];
    }
  }

  /// By the ops that the output rests on, its shape and, where several ops have those, its name.
  [[nodiscard]] Result<std::size_t> of(const Model& prefix) const {
    const std::vector<std::size_t> fits = fitting(prefix.main());
    std::vector<std::size_t> found = fits;
    if (fits.size() > 1)
      std::erase_if(found,
                    [&](std::size_t i) { return name_of(i) != prefix.main().spec(prefix.main().outputs[0]).name; });
    if (fits.size() > 1 && found.size() != 1)
      return error("{}: could end with op {} or op {} of {}; name its output tensor as it is called there", prefix.path,
                   fits[0], fits[1], target_.model->path);
    if (found.empty())
      return error("{}: is no prefix of {}: no op's output there rests on just its {} ops and has its shape",
                   prefix.path, target_.model->path, prefix.main().nodes.size());
    const TensorSpec &own = prefix.main().spec(prefix.main().outputs[0]),
                     &wanted = graph_.spec(graph_.nodes[found[0]].outputs[0]);
    if (own.type != wanted.type || own.quantization != wanted.quantization)
      return error("{}: its output is {} {}, but op {} of {} makes {} {}: it was converted with other scales",
                   prefix.path, name(own.type), quantization_text(own), found[0], target_.model->path,
                   name(wanted.type), quantization_text(wanted));
    return found[0];
  }

 private:
  [[nodiscard]] std::string name_of(std::size_t i) const { return graph_.spec(graph_.nodes[i].outputs[0]).name; }

  static std::string quantization_text(const TensorSpec& spec) {
    if (!spec.quantization.per_tensor()) return "without a single scale";
    return fmt::format("of scale {:.9g} and zero point {}", spec.scale(), spec.zero_point());
  }

  /// The ops that a prefix may end with, whatever the tensors' names.
  [[nodiscard]] std::vector<std::size_t> fitting(const Graph& prefix) const {
    Ops ops;
    for (const Node& node : prefix.nodes) ++ops[node.op];
    std::vector<std::size_t> found;
    if (prefix.outputs.empty() || prefix.outputs[0] < 0) return found;
    const Shape& shape = prefix.spec(prefix.outputs[0]).shape;
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      const auto& outputs = graph_.nodes[i].outputs;
      if (ops_[i] != ops || outputs.size() != prefix.outputs.size() || outputs[0] < 0) continue;
      const Shape& own = graph_.spec(outputs[0]).shape;
      const bool alike = own.size() == shape.size() &&
                         (own.empty() || std::equal(own.begin() + 1, own.end(), shape.begin() + 1));  // but the batch
      if (alike) found.push_back(i);
    }
    return found;
  }

  const Target& target_;
  const Graph& graph_;
  std::vector<Ops> ops_;
};

/// Adds what a board gave for one more op. Two files of one op would leave open which counts.
Status add_prefix(std::vector<Prefix>& prefixes, std::size_t node, const std::string& file) {
  const auto same = std::ranges::find(prefixes, node, &Prefix::node);
  if (same != prefixes.end()) return error("{} and {} both hold the output of op {}", same->file, file, node);
  prefixes.push_back({node, file});
  return {};
}

/// By the numbers in the files' names.
Result<std::vector<Prefix>> numbered_prefixes(const std::vector<std::string>& files, const Target& target) {
  const auto& nodes = target.model->main().nodes;
  std::vector<Prefix> prefixes;
  for (const std::string& file : files) {
    const auto found = numbered(stem_of(file));
    if (!found) continue;
    const auto& [number, op] = *found;
    if (number >= nodes.size()) return error("{}: {} has ops 0 to {}", file, target.model->path, nodes.size() - 1);
    const bool another =
        std::ranges::any_of(nodes, [&, rest = op](const Node& node) { return is_called_after(rest, node.op); });
    if (another && !is_called_after(op, nodes[number].op))
      return error("{}: op {} of {} is {}; is it of another model?", file, number, target.model->path,
                   nodes[number].op);
    NPUTWIN_RETURN_IF_ERROR(add_prefix(prefixes, number, file));
  }
  return prefixes;
}

/// Gives each model the file that is called after it; where none is, the files in their order.
Result<std::vector<std::string>> files_of_models(const std::vector<std::string>& models,
                                                 const std::vector<std::string>& files, const Source& source,
                                                 std::vector<std::string>& notes) {
  std::vector<std::string> result(models.size());
  std::vector<std::string> others;
  bool any = false;
  for (const std::string& file : files) {
    std::size_t best = models.size();
    for (std::size_t m = 0; m < models.size(); ++m) {
      const bool longer = best == models.size() || models[m].size() > models[best].size();
      if (is_called_after(stem_of(file), stem_of(models[m])) && longer) best = m;
    }
    if (best == models.size()) {
      others.push_back(std::filesystem::path(file).filename().string());
    } else if (!result[best].empty()) {
      return error("{} and {} both seem to be the output of {}", result[best], file, models[best]);
    } else {
      result[best] = file;
      any = true;
    }
  }
  if (!any) {
    if (files.size() != models.size())
      return error("{}: holds {} outputs of {} prefix models; call each file like its model, as {}.npy", source.path,
                   files.size(), models.size(), stem_of(models.front()));
    notes.push_back(fmt::format("the files are taken for the models in their order, {} for {}",
                                std::filesystem::path(files.front()).filename().string(),
                                std::filesystem::path(models.front()).filename().string()));
    return files;
  }
  if (!others.empty())
    notes.push_back(fmt::format("no prefix model is called like {}{}: left out", others[0],
                                others.size() == 1 ? "" : fmt::format(" and {} other files", others.size() - 1)));
  return result;
}

/// By the graphs of the prefix models.
Result<std::vector<Prefix>> modelled_prefixes(const std::vector<std::string>& models,
                                              const std::vector<std::string>& files, const Source& source,
                                              const Target& target, std::vector<std::string>& notes) {
  NPUTWIN_ASSIGN_OR_RETURN(const auto file_of, files_of_models(models, files, source, notes));
  const Ends ends(target);
  std::vector<Prefix> prefixes;
  for (std::size_t m = 0; m < models.size(); ++m) {
    if (file_of[m].empty()) continue;
    NPUTWIN_ASSIGN_OR_RETURN(const auto prefix, read_tflite(models[m]));
    NPUTWIN_ASSIGN_OR_RETURN(const std::size_t node, ends.of(*prefix));
    NPUTWIN_RETURN_IF_ERROR(add_prefix(prefixes, node, file_of[m]));
  }
  return prefixes;
}

/// The outputs of the op, from the prefix's file.
Status add_outputs(const Prefix& prefix, const Target& target, std::map<int, SavedSamples>& tensors) {
  const Node& node = target.model->main().nodes[prefix.node];
  const auto made = target.made();
  std::vector<int> outputs;
  std::ranges::copy_if(node.outputs, std::back_inserter(outputs),
                       [&](int t) { return std::ranges::find(made, t) != made.end(); });
  if (!prefix.file.ends_with(kArrays)) {
    if (outputs.size() != 1)
      return error("{}: {} has {} outputs; put them into an .npz by their names", prefix.file,
                   node_name(prefix.node, node), outputs.size());
    NPUTWIN_ASSIGN_OR_RETURN(const ArrayFile file, ArrayFile::read(prefix.file));
    NPUTWIN_ASSIGN_OR_RETURN(tensors[outputs[0]], file.values_of(target.spec(outputs[0])));
    return {};
  }
  NPUTWIN_ASSIGN_OR_RETURN(TensorSet arrays, read_npz(prefix.file));
  const bool only = arrays.size() == 1 && outputs.size() == 1;
  const std::size_t before = tensors.size();
  for (auto& [key, array] : arrays) {
    for (const int t : outputs) {
      if (!only && target.spec(t).name != key) continue;
      tensors[t] = {{std::move(array)}, fmt::format("{}: '{}'", prefix.file, key)};
      break;
    }
  }
  if (tensors.size() == before)
    return error("{}: holds no array that is called like an output of {}", prefix.file, node_name(prefix.node, node));
  return {};
}

}  // namespace

bool recognises_prefixes(const std::string& path) {
  if (any_file(path, is_numbered)) return true;
  const auto models = files_in(path, is_model), files = files_in(path, holds_output);
  return std::ranges::any_of(models, [&](const std::string& model) {
    return std::ranges::any_of(files,
                               [&](const std::string& file) { return is_called_after(stem_of(file), stem_of(model)); });
  });
}

Result<CaptureSet> open_prefixes(const Source& source, const Target& target) {
  const auto files = files_in(source.path, holds_output);
  const std::string& folder = source.models.empty() ? source.path : source.models;
  const auto models = files_in(folder, is_model);
  if (files.empty()) return error("{}: holds no .npy, .npz, .bin, .raw or .txt", source.path);
  if (models.empty() && !source.models.empty()) return error("{}: holds no .tflite", source.models);
  std::vector<std::string> notes;
  NPUTWIN_ASSIGN_OR_RETURN(const auto prefixes, models.empty()
                                                    ? numbered_prefixes(files, target)
                                                    : modelled_prefixes(models, files, source, target, notes));
  std::map<int, SavedSamples> tensors;
  for (const Prefix& prefix : prefixes) NPUTWIN_RETURN_IF_ERROR(add_outputs(prefix, target, tensors));
  return captures_of(std::move(tensors), std::move(notes), source, target);
}

}  // namespace nputwin::captures
