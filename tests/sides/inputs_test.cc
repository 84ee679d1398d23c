// Arrays and pictures for a model's inputs: which shapes and types fit, and what is done to the values.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "base/temporary_folder.h"
#include "io/npy.h"
#include "io/picture_file.h"
#include "sides/input_source.h"

namespace nputwin::inputs_test {
namespace {

using testing::HasSubstr;

const Quantization kHalf{{0.5F}, {3}, 0};
const TensorSpec kCodes{"codes", DType::kInt8, {1, 2, 2, 3}, kHalf};
const TensorSpec kReals{"reals", DType::kFloat32, {1, 3}, {}};

class Inputs : public testing::Test {
 protected:
  /// The samples that a file with this header and these numbers gives an input.
  template <typename T>
  Result<InputSet> read(const TensorSpec& input, const std::string& descr, const std::string& shape,
                        const std::vector<T>& values, const std::string& options = "") {
    const std::string header = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
    std::string file = std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0' + header;
    file.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    return read_file(input, "x.npy", file, options);
  }

  Result<InputSet> read_file(const TensorSpec& input, const std::string& name, std::string_view content,
                             const std::string& options = "") {
    notes_.clear();
    NPUTWIN_RETURN_IF_ERROR(write_file_whole(folder_ / name, content));
    Callbacks callbacks;
    callbacks.note = [this](const std::string& note) { notes_.push_back(note); };
    const std::vector<TensorSpec> specs{input};
    const std::vector<InputArgument> sources{(folder_ / name) + options};
    return make_inputs(specs, sources, callbacks);
  }

  template <typename T>
  std::vector<T> values(const Result<InputSet>& inputs, std::size_t n = 0) {
    if (!inputs) return {};
    const Sample sample = inputs->sample(n).value();
    const auto view = sample[0].view().as<T>();
    return {view.begin(), view.end()};
  }

  template <typename T>
  static std::string why(const Result<T>& result) {
    return result ? "" : result.error().message;
  }

  TemporaryFolder folder_ = TemporaryFolder::make().value();
  std::vector<std::string> notes_;
};

using Codes = std::vector<std::int8_t>;
const Codes kTwelve{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
// The same picture as [1,3,2,2].
const Codes kTwelveNchw{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11};

// Any shape of as many values was taken.
TEST_F(Inputs, OtherShapesOfAsManyValuesAreRefused) {
  EXPECT_EQ(values<std::int8_t>(read(kCodes, "|i1", "(1, 2, 2, 3)", kTwelve)), kTwelve);
  EXPECT_EQ(values<std::int8_t>(read(kCodes, "|i1", "(2, 2, 3)", kTwelve)), kTwelve) << "one sample, no batch";
  for (const char* shape : {"(12,)", "(4, 3)", "(1, 12)", "(1, 1, 4, 3)", "(1, 4, 1, 3)", "(1, 2, 6)", "(12, 1)"}) {
    const auto made = read(kCodes, "|i1", shape, kTwelve);
    EXPECT_THAT(why(made), HasSubstr("but input 'codes' takes [1,2,2,3], or [K,2,2,3] for K samples")) << shape;
  }
}

TEST_F(Inputs, TheFirstDimensionHoldsSamples) {
  const TensorSpec pair{"pair", DType::kInt8, {2, 3}, kHalf};
  const auto made = read(pair, "|i1", "(4, 3)", kTwelve);
  ASSERT_TRUE(made) << why(made);
  EXPECT_EQ(made->size(), 2U);
  EXPECT_EQ(values<std::int8_t>(made, 1), (Codes{6, 7, 8, 9, 10, 11}));
  EXPECT_THAT(why(read(pair, "|i1", "(3, 4)", kTwelve)), HasSubstr("takes [2,3], or [K*2,3] for K samples"));
  EXPECT_FALSE(read(pair, "|i1", "(0, 3)", Codes{}));
}

// An [N,C,H,W] was read as if it were [N,H,W,C].
TEST_F(Inputs, NchwIsBroughtToNhwcAndSaid) {
  EXPECT_EQ(values<std::int8_t>(read(kCodes, "|i1", "(1, 3, 2, 2)", kTwelveNchw)), kTwelve);
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("x.npy: [1,3,2,2] is NCHW; brought to NHWC")));
  EXPECT_EQ(values<std::int8_t>(read(kCodes, "|i1", "(3, 2, 2)", kTwelveNchw, ",layout=nchw")), kTwelve);
  EXPECT_FALSE(read(kCodes, "|i1", "(1, 3, 2, 2)", kTwelveNchw, ",layout=nhwc"));
  EXPECT_FALSE(read(kCodes, "|i1", "(1, 2, 2, 3)", kTwelve, ",layout=nchw"));
  EXPECT_THAT(why(read(kCodes, "|i1", "(1, 2, 2, 3)", kTwelve, ",layout=chw")), HasSubstr("nchw or nhwc, not 'chw'"));
  EXPECT_THAT(why(read(kReals, "<f4", "(1, 3)", std::vector<float>(3), ",layout=nchw")), HasSubstr("four dimensions"));
}

TEST_F(Inputs, ACubeIsTakenForNhwcUnlessSaidOtherwise) {
  const TensorSpec cube{"cube", DType::kInt8, {1, 2, 2, 2}, kHalf};
  const Codes eight{0, 1, 2, 3, 4, 5, 6, 7};
  EXPECT_EQ(values<std::int8_t>(read(cube, "|i1", "(1, 2, 2, 2)", eight)), eight);
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("could be NHWC or NCHW")));
  EXPECT_EQ(values<std::int8_t>(read(cube, "|i1", "(1, 2, 2, 2)", eight, ",layout=nhwc")), eight);
  EXPECT_TRUE(notes_.empty());
  EXPECT_EQ(values<std::int8_t>(read(cube, "|i1", "(1, 2, 2, 2)", eight, ",layout=nchw")),
            (Codes{0, 4, 1, 5, 2, 6, 3, 7}));
}

TEST_F(Inputs, Float64IsRoundedToFloat32) {
  const auto made = read<double>(kReals, "<f8", "(1, 3)", {0.1, 1 + 0x1p-24, 1 + 0x3p-24});
  EXPECT_EQ(values<float>(made), (std::vector<float>{0.1F, 1, 1 + 0x1p-22F})) << "ties to even";
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("3 of 3 float64 numbers rounded to float32")));
  EXPECT_TRUE(read<double>(kReals, "<f8", "(1, 3)", {0.5, -2, NAN}));
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("has 1 NaN"))) << "nothing is rounded";
}

TEST_F(Inputs, IntegersOfAnotherSizeAreTakenWhereTheyFit) {
  const TensorSpec three{"three", DType::kInt8, {1, 3}, kHalf};
  EXPECT_EQ(values<std::int8_t>(read<std::int64_t>(three, "<i8", "(1, 3)", {-128, 0, 127})), (Codes{-128, 0, 127}));
  EXPECT_EQ(values<std::int8_t>(read<std::uint16_t>(three, "<u2", "(1, 3)", {0, 1, 127})), (Codes{0, 1, 127}));
  EXPECT_THAT(why(read<std::int64_t>(three, "<i8", "(1, 3)", {-128, 128, 0})), HasSubstr("element [0,1] is 128"));
  // Is 5 of a uint8 array 5, or the int8 code 5 - 128?
  EXPECT_THAT(why(read<std::uint8_t>(three, "|u1", "(1, 3)", {5, 6, 7})), HasSubstr("add ,quantize=no"));
  EXPECT_EQ(values<std::int8_t>(read<std::uint8_t>(three, "|u1", "(1, 3)", {5, 6, 7}, ",quantize=no")),
            (Codes{5, 6, 7}));
  const TensorSpec index{"index", DType::kInt32, {1, 3}, {}};
  EXPECT_EQ(values<std::int32_t>(read<std::int64_t>(index, "<i8", "(1, 3)", {-1, 0, INT32_MAX})),
            (std::vector<std::int32_t>{-1, 0, INT32_MAX}));
  EXPECT_THAT(why(read<std::int64_t>(index, "<i8", "(1, 3)", {1LL << 31, 0, 0})), HasSubstr("is 2147483648"));
}

// They were refused without a word of what to do.
TEST_F(Inputs, RealNumbersAreQuantizedWhereAsked) {
  const TensorSpec five{"five", DType::kInt8, {1, 5}, kHalf};
  const std::vector<float> reals{0, 0.25F, 0.75F, -0.25F, 100};
  EXPECT_THAT(
      why(read(five, "<f4", "(1, 5)", reals)),
      HasSubstr("is float32, but input 'five' takes int8; add ,quantize=yes to quantize its real numbers (scale "
                "0.5, zero point 3), or ,quantize=no"));
  // x / 0.5 is 0, 0.5, 1.5, -0.5, 200: half to even, then the zero point 3.
  EXPECT_EQ(values<std::int8_t>(read(five, "<f4", "(1, 5)", reals, ",quantize=yes")), (Codes{3, 3, 5, 3, 127}));
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("1 of 5 clamped to -128..127")));
  EXPECT_EQ(
      values<std::int8_t>(read<double>(five, "<f8", "(1, 5)", {0, 0.25, 0.75, -0.25, -HUGE_VAL}, ",quantize=yes")),
      (Codes{3, 3, 5, 3, -128}));
  EXPECT_EQ(values<std::int8_t>(read<std::int8_t>(five, "|i1", "(1, 5)", {0, 1, 2, -1, 62}, ",quantize=yes")),
            (Codes{3, 5, 7, 1, 127}));
  EXPECT_THAT(why(read<float>(five, "<f4", "(1, 5)", {0, NAN, 0, 0, 0}, ",quantize=yes")), HasSubstr("[0,1] is nan"));
  EXPECT_EQ(values<std::int8_t>(read<float>(five, "<f4", "(1, 5)", {0, -128, 127, 3, 4}, ",quantize=no")),
            (Codes{0, -128, 127, 3, 4}));
  for (const float wrong : {0.5F, 128.0F, -129.0F, NAN, HUGE_VALF})
    EXPECT_FALSE(read<float>(five, "<f4", "(1, 5)", {0, 0, 0, 0, wrong}, ",quantize=no")) << wrong;
  EXPECT_FALSE(read(five, "<f4", "(1, 5)", reals, ",quantize=maybe"));
  EXPECT_THAT(why(read(kReals, "<f4", "(1, 3)", std::vector<float>(3), ",quantize=yes")), HasSubstr("takes float32"));
}

// They passed without a word.
TEST_F(Inputs, NanAndInfinityAreWarnedOf) {
  const auto made = read<float>(kReals, "<f4", "(3, 3)", {0, 0, 0, NAN, -HUGE_VALF, NAN, NAN, 0, 0});
  ASSERT_TRUE(made);
  EXPECT_TRUE(notes_.empty()) << "the first sample has none";
  for (std::size_t n = 0; n < 3; ++n) ASSERT_TRUE(made->sample(n));
  EXPECT_THAT(notes_, testing::ElementsAre(HasSubstr("sample 1 of input 'reals' has 2 NaN and 1 infinite")));
}

std::string bmp(int width, int height) {
  const auto u32 = [](std::size_t v) {
    std::string text(4, '\0');
    for (char& c : text) c = static_cast<char>(v & 255), v >>= 8;
    return text;
  };
  const std::size_t row = static_cast<std::size_t>(width) * 3 + static_cast<std::size_t>(width % 4);
  const std::size_t pixels = row * static_cast<std::size_t>(height);
  return "BM" + u32(54 + pixels) + u32(0) + u32(54) + u32(40) + u32(static_cast<std::size_t>(width)) +
         u32(static_cast<std::size_t>(height)) + std::string("\1\0\x18\0", 4) + u32(0) + u32(pixels) + u32(0) + u32(0) +
         u32(0) + u32(0) + std::string(pixels, '\x50');
}

// The decoder filled in what was missing.
TEST_F(Inputs, APictureThatIsCutOffIsRefused) {
  const TensorSpec input{"image", DType::kUInt8, {1, 4, 4, 3}, kHalf};
  const std::string whole = bmp(5, 7);
  ASSERT_TRUE(read_file(input, "x.bmp", whole)) << why(read_file(input, "x.bmp", whole));
  for (std::size_t n = 0; n + 1 < whole.size(); ++n)
    ASSERT_FALSE(read_file(input, "x.bmp", whole.substr(0, n))) << n;  // the last byte is padding
  EXPECT_THAT(why(read_file(input, "x.bmp", whole.substr(0, 100))),
              HasSubstr("x.bmp: is cut off after 100 bytes: a BMP of 5x7 pixels has 165"));
}

TEST(PictureFile, JpegsAndPngsEndWithTheirMark) {
  const auto complete = [](const std::string& text) {
    return check_complete(std::as_bytes(std::span(text)), "x").has_value();
  };
  // Start, a comment that holds the end's bytes, a scan with a filled 0xFF and a restart, the end, and more behind it.
  const std::string start("\xFF\xD8\xFF\xFE\0\4\xFF\xD9", 8), scan("\xFF\xDA\0\3x\1\xFF\0\2\xFF\xD0\3", 12);
  EXPECT_TRUE(complete(start + scan + "\xFF\xD9"));
  EXPECT_TRUE(complete(start + scan + "\xFF\xFF\xD9 more"));
  EXPECT_FALSE(complete(start + scan));
  EXPECT_FALSE(complete(start + scan + "\xFF"));
  EXPECT_FALSE(complete(start + "\xFF\xD9")) << "no scan";
  const std::string png = std::string("\x89PNG\r\n\x1a\n") + std::string("\0\0\0\1IDATx1234", 13);
  EXPECT_TRUE(complete(png + std::string("\0\0\0\0IEND1234", 12)));
  EXPECT_FALSE(complete(png));
  EXPECT_FALSE(complete(png + std::string("\0\0\0\0IEND123", 11)));
  EXPECT_FALSE(complete("GIF89a"));
}

TEST_F(Inputs, AFolderSaysOnceHowItsPicturesArePrepared) {
  const TensorSpec input{"image", DType::kUInt8, {1, 4, 4, 3}, kHalf};
  for (const char* file : {"a.bmp", "b, c=d.bmp", "e.bmp"})
    ASSERT_TRUE(write_file_whole(folder_ / file, std::string_view(bmp(5, 7))));
  Callbacks callbacks;
  callbacks.note = [this](const std::string& note) { notes_.push_back(note); };
  const std::vector<TensorSpec> specs{input};
  const auto made = make_inputs(specs, std::vector<InputArgument>{folder_.path()}, callbacks);
  ASSERT_TRUE(made) << why(made);
  for (std::size_t n = 0; n < 3; ++n) ASSERT_TRUE(made->sample(n));
  EXPECT_THAT(notes_,
              testing::ElementsAre("a.bmp: 5x7 → 4x4 nearest, aspect ratio not kept, uint8 as is; 2 more files alike"));
  // An option that no file of a folder takes does nothing, so it is refused.
  EXPECT_THAT(why(make_inputs(specs, std::vector<InputArgument>{folder_.path() + ",layout=nchw"})),
              HasSubstr("'layout'"));
  // A name with a comma, alone and with options behind it.
  for (const char* options : {"", ",mean=0,std=1"})
    EXPECT_TRUE(make_inputs(specs, std::vector<InputArgument>{(folder_ / "b, c=d.bmp") + options})) << options;
}

}  // namespace
}  // namespace nputwin::inputs_test
