#include "api/cut.h"

#include <filesystem>

#include "api/layer.h"
#include "base/file.h"
#include "base/folder.h"
#include "io/tflite/edit.h"
#include "io/tflite/reader.h"
#include "session/shapes.h"

namespace nputwin::api {
namespace {

/// A model to be written: the file's name and what is cut.
using Part = report::WrittenCut;

std::vector<Part> every_prefix(const Graph& graph, const Callbacks& callbacks) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    Cut cut = prefix_of(graph, i);
    if (cut.outputs.empty()) {
      callbacks.say(node_name(i, graph.nodes[i]) + ": has no output to end a model with, no file");
    } else {
      parts.push_back({fmt::format("prefix_{:03}_{}.tflite", i, graph.nodes[i].op), std::move(cut)});
    }
  }
  return parts;
}

Result<Part> part(const Graph& graph, std::size_t first, std::size_t last) {
  Cut cut = part_of(graph, first, last);
  if (cut.outputs.empty()) return error("ops {} to {} have no output to end a model with", first, last);
  std::string file = first == last ? fmt::format("layer_{:03}_{}.tflite", first, graph.nodes[first].op)
                                   : fmt::format("layers_{:03}-{:03}.tflite", first, last);
  return Part{std::move(file), std::move(cut)};
}

Result<Part> range(const Graph& graph, const std::string& layers) {
  const std::size_t colon = layers.find(':');
  if (colon == std::string::npos) return error("--layers '{}': expected FIRST:LAST, as in 3:7", layers);
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t first, find_layer(graph, layers.substr(0, colon)));
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t last, find_layer(graph, layers.substr(colon + 1)));
  if (first > last) return error("--layers '{}': op {} comes after op {}", layers, first, last);
  return part(graph, first, last);
}

Result<std::vector<Part>> parts_of(const CutOptions& options, const Graph& graph, const Callbacks& callbacks) {
  if (options.every_layer) return every_prefix(graph, callbacks);
  if (!options.layers.empty()) {
    NPUTWIN_ASSIGN_OR_RETURN(Part one, range(graph, options.layers));
    return std::vector<Part>{std::move(one)};
  }
  NPUTWIN_ASSIGN_OR_RETURN(const std::size_t node, find_layer(graph, options.layer));
  NPUTWIN_ASSIGN_OR_RETURN(Part one, part(graph, node, node));
  return std::vector<Part>{std::move(one)};
}

}  // namespace

Result<CutResult> cut(const CutOptions& options, const Callbacks& callbacks) {
  if (int{options.every_layer} + int{!options.layers.empty()} + int{!options.layer.empty()} != 1)
    return error("expected one of --every-layer, --layers and --layer");
  CutResult result;
  NPUTWIN_ASSIGN_OR_RETURN(result.model, read_tflite(options.model));
  NPUTWIN_ASSIGN_OR_RETURN(std::vector<Part> parts, parts_of(options, result.model->main(), callbacks));
  SessionOptions session;
  session.input_shapes = options.input_shapes;
  const auto specs = shapes_of(*result.model, session);
  // Without shapes that ops infer, what the file says is all that there is to say; not if the user asked for others.
  if (!specs && !options.input_shapes.empty()) return specs.error();
  for (Part& part : parts) {
    if (specs) set_shapes(part.cut, result.model->main(), *specs);
  }
  NPUTWIN_ASSIGN_OR_RETURN(const auto file, options.model.read());
  NPUTWIN_RETURN_IF_ERROR(make_folder(options.folder));
  result.planned = parts.size();
  for (Part& part : parts) {
    if (callbacks.stopped()) break;
    part.file = (std::filesystem::path(options.folder) / part.file).string();
    NPUTWIN_ASSIGN_OR_RETURN(const auto bytes, cut_file(file->bytes(), part.cut));
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(part.file, bytes));
    result.written.push_back(std::move(part));
    callbacks.at(result.written.size(), result.planned);
  }
  return result;
}

}  // namespace nputwin::api
