#include "say.h"

#include <cstdio>

namespace nputwin::delegate {

void say(const std::string& text) { std::fprintf(stderr, "nputwin delegate: %s\n", text.c_str()); }

void report_error(abi::TfLiteContext* context, const std::string& text) {
  if (context == nullptr || context->ReportError == nullptr) return say(text);
  context->ReportError(context, "nputwin delegate: %s", text.c_str());
}

}  // namespace nputwin::delegate
