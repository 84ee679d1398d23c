#pragma once

#include <string>

#include "analysis/prove/prove.h"

namespace nputwin::report {

/// What a certificate is of.
struct Certified {
  const Proof& proof;
  Session &a, &b;       ///< the sides of the proof
  std::string file;     ///< the model's name, without its folder
  Bytes model;          ///< the file
  std::string version;  ///< of this program
};

/// Of the document that docs/certificate.schema.json describes.
inline constexpr int kCertificateVersion = 1;

/// What was proven, as a JSON document on one line that another program can check: tools/check_certificate.py.
[[nodiscard]] Result<std::string> certificate(const Certified& certified);

}  // namespace nputwin::report
