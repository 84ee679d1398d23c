// A C++ program that runs a model by TensorFlow Lite's C API with an external delegate, both loaded by their paths:
//
//   delegate_host LIBTENSORFLOWLITE DELEGATE MODEL [KEY=VALUE...]
//
// LIBTENSORFLOWLITE is libtensorflowlite_c.so, or a distribution's libtensorflow-lite.so; DELEGATE is
// libnputwin_delegate.so, or on a board libvx_delegate.so. Inputs are zeros. Prints a sum over each output's bytes.
#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

namespace {

void* load(const char* path) {
  void* library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (library == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(2);
  }
  return library;
}

template <typename Function>
Function* function(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == nullptr) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(2);
  }
  return reinterpret_cast<Function*>(found);
}

void report(const char* text) { std::fprintf(stderr, "%s\n", text); }

void* make_delegate(void* library, char** settings, int count) {
  std::vector<std::string> texts;
  for (int i = 0; i < count; ++i) {
    const std::string setting = settings[i];
    const auto equals = setting.find('=');
    texts.push_back(setting.substr(0, equals));
    texts.push_back(equals == std::string::npos ? "" : setting.substr(equals + 1));
  }
  std::vector<char*> keys, values;
  for (std::size_t i = 0; i < texts.size(); i += 2)
    keys.push_back(texts[i].data()), values.push_back(texts[i + 1].data());
  using Create = void*(char**, char**, std::size_t, void (*)(const char*));
  return function<Create>(library, "tflite_plugin_create_delegate")(keys.data(), values.data(), keys.size(), report);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s LIBTENSORFLOWLITE DELEGATE MODEL [KEY=VALUE...]\n", argv[0]);
    return 2;
  }
  void* tflite = load(argv[1]);
  void* plugin = load(argv[2]);
  void* delegate = make_delegate(plugin, argv + 4, argc - 4);
  void* model = function<void*(const char*)>(tflite, "TfLiteModelCreateFromFile")(argv[3]);
  if (delegate == nullptr || model == nullptr) return 2;
  void* options = function<void*()>(tflite, "TfLiteInterpreterOptionsCreate")();
  function<void(void*, void*)>(tflite, "TfLiteInterpreterOptionsAddDelegate")(options, delegate);
  void* interpreter = function<void*(void*, void*)>(tflite, "TfLiteInterpreterCreate")(model, options);
  if (interpreter == nullptr) return 2;
  if (function<int(void*)>(tflite, "TfLiteInterpreterAllocateTensors")(interpreter) != 0) return 2;
  const auto data = function<void*(const void*)>(tflite, "TfLiteTensorData");
  const auto bytes = function<std::size_t(const void*)>(tflite, "TfLiteTensorByteSize");
  const auto name = function<const char*(const void*)>(tflite, "TfLiteTensorName");
  const int inputs = function<int(void*)>(tflite, "TfLiteInterpreterGetInputTensorCount")(interpreter);
  for (int i = 0; i < inputs; ++i) {
    const void* tensor = function<void*(void*, int)>(tflite, "TfLiteInterpreterGetInputTensor")(interpreter, i);
    std::memset(data(tensor), 0, bytes(tensor));
  }
  if (function<int(void*)>(tflite, "TfLiteInterpreterInvoke")(interpreter) != 0) return 2;
  const int outputs = function<int(void*)>(tflite, "TfLiteInterpreterGetOutputTensorCount")(interpreter);
  for (int i = 0; i < outputs; ++i) {
    const void* tensor = function<const void*(void*, int)>(tflite, "TfLiteInterpreterGetOutputTensor")(interpreter, i);
    unsigned sum = 0;
    for (std::size_t k = 0; k < bytes(tensor); ++k) sum = sum * 31 + static_cast<const unsigned char*>(data(tensor))[k];
    std::printf("%s: %zu bytes, sum %08x\n", name(tensor), bytes(tensor), sum);
  }
  function<void(void*)>(tflite, "TfLiteInterpreterDelete")(interpreter);
  function<void(void*)>(tflite, "TfLiteInterpreterOptionsDelete")(options);
  function<void(void*)>(tflite, "TfLiteModelDelete")(model);
  function<void(void*)>(plugin, "tflite_plugin_destroy_delegate")(delegate);
}
