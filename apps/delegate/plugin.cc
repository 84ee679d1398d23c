// The two functions by which a TensorFlow Lite runtime finds an external delegate
// (tensorflow/lite/delegates/external/external_delegate_interface.h), and what it then calls. No exception leaves them.

#include <exception>
#include <memory>
#include <mutex>

#include "claims.h"
#include "partition.h"
#include "say.h"
#include "shared.h"

namespace nputwin::delegate {
namespace {

/// A delegate as the runtime has it.
struct Plugin {
  abi::TfLiteDelegate delegate{};
  std::shared_ptr<Shared> shared;
  std::mutex preparing;                   // one runtime at a time
  std::shared_ptr<RuntimeGraph> reading;  // while a runtime makes the kernels of its partitions
};

/// A partition's kernel as the runtime has it.
struct Kernel {
  std::unique_ptr<Partition> partition;
  std::string failure;  // where there is no partition
};

template <typename Work>
Status without_exceptions(const Work& work) {
  try {
    return work();
  } catch (const std::exception& e) {
    return error("{}", e.what());
  } catch (...) {
    return error("unexpected exception");
  }
}

template <typename Work>
abi::TfLiteStatus guarded(abi::TfLiteContext* context, const Work& work) {
  const Status status = without_exceptions(work);
  if (status) return abi::kTfLiteOk;
  report_error(context, status.error().message);
  return abi::kTfLiteError;
}

void* make_kernel(abi::TfLiteContext* context, const char* buffer, std::size_t /*length*/) {
  std::unique_ptr<Kernel> kernel;
  const Status made = without_exceptions([&]() -> Status {
    kernel = std::make_unique<Kernel>();
    const auto& params = *reinterpret_cast<const abi::TfLiteDelegateParams*>(buffer);
    auto& plugin = *static_cast<Plugin*>(params.delegate->data_);
    std::shared_ptr<RuntimeGraph> graph = plugin.reading;
    if (graph == nullptr) {
      NPUTWIN_ASSIGN_OR_RETURN(graph, RuntimeGraph::read(*context));
    }
    NPUTWIN_ASSIGN_OR_RETURN(kernel->partition, Partition::make(*context, *graph, params, plugin.shared));
    return {};
  });
  if (!made && kernel != nullptr) kernel->failure = made.error().message;
  return kernel.release();
}

void free_kernel(abi::TfLiteContext* /*context*/, void* kernel) { delete static_cast<Kernel*>(kernel); }

/// Calls a function of the node's partition.
abi::TfLiteStatus call(abi::TfLiteContext* context, const abi::TfLiteNode* node,
                       Status (Partition::*function)(abi::TfLiteContext&)) {
  return guarded(context, [&]() -> Status {
    const auto* kernel = static_cast<const Kernel*>(node->user_data);
    if (kernel == nullptr) return error("a partition without kernel");
    if (kernel->partition == nullptr) return error("{}", kernel->failure);
    return (kernel->partition.get()->*function)(*context);
  });
}

abi::TfLiteStatus prepare_kernel(abi::TfLiteContext* context, abi::TfLiteNode* node) {
  return call(context, node, &Partition::prepare);
}

abi::TfLiteStatus invoke_kernel(abi::TfLiteContext* context, abi::TfLiteNode* node) {
  return call(context, node, &Partition::invoke);
}

abi::TfLiteRegistration registration() {
  abi::TfLiteRegistration r{};
  r.init = make_kernel;
  r.free = free_kernel;
  r.prepare = prepare_kernel;
  r.invoke = invoke_kernel;
  r.builtin_code = abi::kTfLiteBuiltinDelegate;
  r.custom_name = "Vx Delegate";  // as libvx_delegate's, for who looks for it
  r.version = 1;
  return r;
}

/// Claims nodes. A graph that cannot be taken is the runtime's as it was.
abi::TfLiteStatus take_graph(abi::TfLiteContext* context, abi::TfLiteDelegate* delegate) {
  auto& plugin = *static_cast<Plugin*>(delegate->data_);
  std::vector<int> nodes;
  const std::lock_guard lock(plugin.preparing);
  const Status claimed = without_exceptions([&]() -> Status {
    NPUTWIN_ASSIGN_OR_RETURN(plugin.reading, RuntimeGraph::read(*context));
    NPUTWIN_ASSIGN_OR_RETURN(const Claims claims, claims_of(*plugin.reading, plugin.shared->options, {}));
    for (const std::string& note : claims.notes) say(note);
    nodes.push_back(static_cast<int>(claims.nodes.size()));
    nodes.insert(nodes.end(), claims.nodes.begin(), claims.nodes.end());
    return {};
  });
  abi::TfLiteStatus status = abi::kTfLiteOk;
  if (!claimed) {
    say("the model stays with the runtime: " + claimed.error().message);
  } else if (nodes.size() > 1) {
    status = context->ReplaceNodeSubsetsWithDelegateKernels(
        context, registration(), reinterpret_cast<const abi::TfLiteIntArray*>(nodes.data()), delegate);
  }
  plugin.reading.reset();
  return status;
}

Result<std::unique_ptr<Plugin>> make_plugin(char** keys, char** values, std::size_t count) {
  std::vector<OptionText> texts;
  for (std::size_t i = 0; i < count && keys != nullptr; ++i) {
    if (keys[i] == nullptr) continue;
    const char* value = values != nullptr ? values[i] : nullptr;
    texts.emplace_back(keys[i], value != nullptr ? std::optional<std::string>(value) : std::nullopt);
  }
  auto plugin = std::make_unique<Plugin>();
  plugin->shared = std::make_shared<Shared>();
  Options& options = plugin->shared->options;
  NPUTWIN_ASSIGN_OR_RETURN(options, read_options(texts));
  for (const std::string& note : options.notes) say(note);
  if (!options.trace.empty()) plugin->shared->trace = std::make_unique<Trace>(options.trace);
  if (!options.compare.empty()) plugin->shared->comparison = std::make_unique<Comparison>(options);
  plugin->delegate.data_ = plugin.get();
  plugin->delegate.Prepare = take_graph;
  // libvx_delegate's flags: shapes may change, and the runtime tells them through what it has delegated.
  plugin->delegate.flags =
      abi::kTfLiteDelegateFlagsAllowDynamicTensors | abi::kTfLiteDelegateFlagsRequirePropagatedShapes;
  return plugin;
}

}  // namespace
}  // namespace nputwin::delegate

extern "C" {

nputwin::abi::TfLiteDelegate* tflite_plugin_create_delegate(char** options_keys, char** options_values,
                                                            std::size_t num_options,
                                                            void (*report_error)(const char*)) {
  using namespace nputwin::delegate;
  std::unique_ptr<Plugin> plugin;
  const auto made = without_exceptions([&]() -> nputwin::Status {
    NPUTWIN_ASSIGN_OR_RETURN(plugin, make_plugin(options_keys, options_values, num_options));
    return {};
  });
  if (made) return &plugin.release()->delegate;
  const std::string message = "nputwin delegate: " + made.error().message;
  if (report_error != nullptr) {
    report_error(message.c_str());
  } else {
    say(made.error().message);
  }
  return nullptr;
}

void tflite_plugin_destroy_delegate(nputwin::abi::TfLiteDelegate* delegate) {
  using namespace nputwin::delegate;
  if (delegate == nullptr) return;
  const std::unique_ptr<Plugin> plugin(static_cast<Plugin*>(delegate->data_));
  const auto finished = without_exceptions([&]() -> nputwin::Status {
    if (plugin->shared->trace) plugin->shared->trace->finish();
    if (plugin->shared->comparison) plugin->shared->comparison->finish();
    return {};
  });
  if (!finished) say(finished.error().message);
}

}  // extern "C"
