#pragma once

#include <string>

#include "tflite_abi.h"

namespace nputwin::delegate {

/// A line on stderr: what a user should know, and which nobody's function reports.
void say(const std::string& text);

/// Tells the runtime what failed; on stderr where it has no function for that.
void report_error(abi::TfLiteContext* context, const std::string& text);

}  // namespace nputwin::delegate
