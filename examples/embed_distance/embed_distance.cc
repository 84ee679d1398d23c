// embed_distance MODEL PROFILE_A PROFILE_B: the distance between the embeddings that two devices compute for
// one input. What a face or voice matcher sees when it enrols on one device and compares on the other.

#include <nputwin/nputwin.h>

#include <cmath>
#include <cstdio>
#include <vector>

namespace {

/// The model's first output as real numbers, for an input of equal steps through all codes.
std::vector<double> embed(const char* model, const char* profile) {
  nputwin::Twin twin(model, profile);
  std::vector<std::byte> input(twin.inputs().at(0).bytes);
  for (std::size_t i = 0; i < input.size(); ++i) input[i] = static_cast<std::byte>(i * 4 % 256);
  twin.set_input(0, input);
  twin.run();
  const nputwin::TensorInfo info = twin.outputs().at(0);
  std::vector<double> embedding;
  for (const std::byte b : twin.output(0)) {
    const int code = info.type == "int8" ? static_cast<signed char>(b) : static_cast<int>(b);
    embedding.push_back(static_cast<double>(info.scale) * (code - info.zero_point));
  }
  return embedding;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: %s MODEL PROFILE_A PROFILE_B\n", argv[0]);
    return 2;
  }
  try {
    const auto a = embed(argv[1], argv[2]), b = embed(argv[1], argv[3]);
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) squares += (a[i] - b[i]) * (a[i] - b[i]);
    std::printf("euclidean distance of %zu numbers: %.6f\n", a.size(), std::sqrt(squares));
  } catch (const nputwin::Failure& failure) {
    std::fprintf(stderr, "%s\n", failure.what());
    return 2;
  }
  return 0;
}
