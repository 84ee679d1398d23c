#include "delegate/library.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#ifdef NPUTWIN_SANITIZED
extern "C" {
nputwin::abi::TfLiteDelegate* tflite_plugin_create_delegate(char** keys, char** values, std::size_t count,
                                                            void (*report)(const char*));
void tflite_plugin_destroy_delegate(nputwin::abi::TfLiteDelegate* delegate);
}
#endif

namespace nputwin::test {
namespace {

thread_local std::string last_report;
void keep_report(const char* text) { last_report = text; }

}  // namespace

const Library& Library::get() {
  static const Library kLibrary = [] {
#ifdef NPUTWIN_SANITIZED
    return Library{tflite_plugin_create_delegate, tflite_plugin_destroy_delegate};
#else
    void* handle = dlopen(NPUTWIN_DELEGATE_LIBRARY, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      ADD_FAILURE() << dlerror();
      return Library{};
    }
    Library library;
    library.create = reinterpret_cast<decltype(library.create)>(dlsym(handle, "tflite_plugin_create_delegate"));
    library.destroy = reinterpret_cast<decltype(library.destroy)>(dlsym(handle, "tflite_plugin_destroy_delegate"));
    return library;
#endif
  }();
  return kLibrary;
}

OwnedDelegate make_delegate(const KeyValues& options) {
  std::vector<std::string> texts;
  for (const auto& [key, value] : options) texts.push_back(key), texts.push_back(value);
  std::vector<char*> keys, values;
  for (std::size_t i = 0; i < options.size(); ++i)
    keys.push_back(texts[2 * i].data()), values.push_back(texts[2 * i + 1].data());
  const Library& library = Library::get();
  return {library.create(keys.data(), values.data(), options.size(), keep_report), library.destroy};
}

std::string reported() { return std::exchange(last_report, ""); }

}  // namespace nputwin::test
