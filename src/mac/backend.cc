#include "mac/backend.h"

#include <cassert>

namespace nputwin {

#define NPUTWIN_MAC_BACKEND(name) const MacBackend& name##_backend();
#include "mac/backends.inc"
#undef NPUTWIN_MAC_BACKEND

std::span<const MacBackend* const> mac_backends() {
  static const MacBackend* const kBackends[] = {
#define NPUTWIN_MAC_BACKEND(name) &name##_backend(),
#include "mac/backends.inc"
#undef NPUTWIN_MAC_BACKEND
  };
  return kBackends;
}

std::unique_ptr<MacKernel> make_mac_kernel(MacLayer layer, Epilogue epilogue, const Machine& machine,
                                           std::span<const MacBackend* const> backends) {
  KernelForm form;
  for (const MacBackend* backend : backends) {
    if (!backend->is_for(layer.taps)) continue;
    if (std::string reason = backend->refuses(layer, machine); !reason.empty()) {
      form.refused.push_back({std::string(backend->name), std::move(reason)});
      continue;
    }
    form.name = backend->name;
    form.epilogues.push_back(epilogue.form(backend->scalar ? scalar_isa() : machine.isa));
    if (!backend->scalar) form.isa = machine.isa.name;
    auto kernel = backend->make(std::move(layer), std::move(epilogue), machine);
    kernel->set_form(std::move(form));
    return kernel;
  }
  assert(false && "the definition takes every layer");
  return nullptr;
}

}  // namespace nputwin
