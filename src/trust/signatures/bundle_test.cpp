#include "trust/signatures/bundle.h"

#include "trust/signatures/test_bundles.h"
#include "trust/signatures/verify.h"

namespace pilothouse::trust {
namespace {

constexpr std::size_t kSignerBytes = kKeyBytes + kSignatureBytes;

class Bundle : public testing::Test {
 protected:
  Checked<Verified> verified(std::string_view bytes) const {
    return verify(bytes, policy_, {}, std::nullopt, kMade);
  }
  static Code refusal(std::string_view bytes, std::uint64_t limit = kDefaultMaxBundle) {
    const auto envelope = Envelope::open(bytes, limit);
    if (!envelope) return envelope.error().code;
    const auto fine = envelope->check_signatures();
    EXPECT_FALSE(fine);
    return fine ? Code::kRollback : fine.error().code;
  }

  const PrivateKey first_ = key('a');
  const PrivateKey second_ = key('b');
  const std::string bundle_ = bundle_by({&first_, &second_});
  Policy policy_ = [this] {
    Policy policy;
    policy.name = "night-watch";
    policy.keys = {first_.public_key()};  // nobody has pinned the other
    return policy;
  }();
};

TEST_F(Bundle, IsOpenedAsItWasPacked) {
  const auto envelope = Envelope::open(bundle_);
  ASSERT_TRUE(envelope) << envelope.error().message;
  ASSERT_TRUE(envelope->check_signatures());
  ASSERT_EQ(envelope->signers.size(), 2U);
  EXPECT_LT(envelope->signers[0].key, envelope->signers[1].key);
  EXPECT_EQ(envelope->sha256(), sha256_hex(bundle_.substr(0, bundle_.size() - 4 - 2 * kSignerBytes)));
  const auto contents = read_contents(*envelope);
  ASSERT_TRUE(contents) << contents.error().message;
  EXPECT_EQ(contents->files, files());
  EXPECT_EQ(contents->manifest.name, "night-watch");
}

TEST_F(Bundle, KeepsItsHashWhenSomebodySigns) {
  const std::string more = add_signature(bundle_, key('c')).value();
  EXPECT_EQ(Envelope::open(more)->sha256(), Envelope::open(bundle_)->sha256());
}

TEST_F(Bundle, WithAnyBitChangedIsRefused) {
  ASSERT_TRUE(verified(bundle_));
  std::string changed = bundle_;
  for (std::size_t bit = 0; bit < 8 * changed.size(); ++bit) {
    const char mask = static_cast<char>(1U << (bit % 8));
    changed[bit / 8] ^= mask;
    ASSERT_FALSE(verified(changed)) << "bit " << bit;
    changed[bit / 8] ^= mask;
  }
}

TEST_F(Bundle, CutOffAnywhereIsRefused) {
  for (std::size_t size = 0; size < bundle_.size(); ++size) {
    const auto envelope = Envelope::open(std::string_view(bundle_).substr(0, size));
    ASSERT_FALSE(envelope) << size;
    ASSERT_EQ(envelope.error().code, Code::kMalformed) << size;
  }
}

TEST_F(Bundle, EndsAfterItsSignatures) {
  EXPECT_EQ(refusal(bundle_ + '\0'), Code::kMalformed);
  EXPECT_EQ(refusal(bundle_ + bundle_), Code::kMalformed);
  EXPECT_EQ(refusal(bundle_ + bundle_.substr(bundle_.size() - kSignerBytes)), Code::kMalformed);
}

TEST_F(Bundle, HasItsSignersInOrder) {
  const std::size_t one = bundle_.size() - 2 * kSignerBytes;
  const std::string swapped =
      bundle_.substr(0, one) + bundle_.substr(one + kSignerBytes) + bundle_.substr(one, kSignerBytes);
  EXPECT_EQ(refusal(swapped), Code::kMalformed);
}

TEST_F(Bundle, HasNoSignerTwice) {
  const std::size_t one = bundle_.size() - 2 * kSignerBytes;
  const std::string twice = bundle_.substr(0, one + kSignerBytes) + bundle_.substr(one, kSignerBytes);
  EXPECT_EQ(refusal(twice), Code::kDuplicateKey);
  const auto again = add_signature(bundle_, first_);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, base::Errc::kConflict);
}

TEST_F(Bundle, WithASignatureOfAnotherIsRefused) {
  const std::string other =
      bundle_by({&first_, &second_}, [](Manifest& manifest) { manifest.version = "1.2.1"; });
  const std::string mixed =
      bundle_.substr(0, bundle_.size() - kSignerBytes) + other.substr(other.size() - kSignerBytes);
  EXPECT_EQ(refusal(mixed), Code::kBadSignature);
}

TEST_F(Bundle, WithTheSignaturesOfOneAnotherIsRefused) {
  std::string crossed = bundle_;
  const std::size_t one = bundle_.size() - 2 * kSignerBytes + kKeyBytes;
  std::swap_ranges(crossed.begin() + static_cast<std::ptrdiff_t>(one),
                   crossed.begin() + static_cast<std::ptrdiff_t>(one + kSignatureBytes),
                   crossed.begin() + static_cast<std::ptrdiff_t>(one + kSignerBytes));
  EXPECT_EQ(refusal(crossed), Code::kBadSignature);
}

TEST_F(Bundle, IsSignedByAtLeastOne) {
  EXPECT_EQ(refusal(pack_bundle(manifest_of(first_), files()).value()), Code::kNoSignature);
}

TEST_F(Bundle, IsSignedBySixteenAtMost) {
  std::string many = bundle_;
  for (char which = 'c'; which < 'q'; ++which) many = add_signature(many, key(which)).value();
  ASSERT_EQ(Envelope::open(many)->signers.size(), kMaxSignatures);
  EXPECT_TRUE(Envelope::open(many)->check_signatures());
  const auto more = add_signature(many, key('q'));
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, base::Errc::kTooLarge);
  std::string count = many;
  count[count.size() - 16 * kSignerBytes - 4] = 17;
  EXPECT_EQ(refusal(count + std::string(kSignerBytes, '\xff')), Code::kMalformed);
}

TEST_F(Bundle, OverTheLimitIsRefusedUnread) {
  EXPECT_TRUE(Envelope::open(bundle_, bundle_.size()));
  EXPECT_EQ(refusal(bundle_, bundle_.size() - 1), Code::kTooLarge);
  // It is no bundle at all, and nobody has looked.
  EXPECT_EQ(refusal(std::string(101, 'x'), 100), Code::kTooLarge);
  const std::string largest(kLargestMaxBundle + 1, 'x');
  const auto opened = Envelope::open(largest, ~std::uint64_t{0});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Code::kTooLarge);
  EXPECT_EQ(opened.error().message, "the bundle is over 67108864 bytes");
  EXPECT_EQ(add_signature(largest, first_).error().code, base::Errc::kTooLarge);
  EXPECT_EQ(add_signature("x", first_).error().code, base::Errc::kMalformed);
}

TEST_F(Bundle, WithLengthsThatOverflowIsRefused) {
  const auto with = [&](std::uint64_t manifest, std::uint64_t files) {
    return refusal(bundle_.substr(0, 12) + number(manifest, 4) + number(files, 8) + bundle_.substr(24));
  };
  const std::uint64_t most = ~std::uint64_t{0};
  EXPECT_EQ(with(1, most), Code::kMalformed);
  EXPECT_EQ(with(0, most), Code::kMalformed);
  EXPECT_EQ(with(1, most - 23), Code::kMalformed);  // with the header, 1
  EXPECT_EQ(with(0, most - 24), Code::kMalformed);
  EXPECT_EQ(with(0, std::uint64_t{1} << 63U), Code::kMalformed);
  EXPECT_EQ(with(0xFFFFFFFF, most), Code::kTooLarge);
  EXPECT_EQ(with(kMaxManifest, 0), Code::kMalformed);
  EXPECT_EQ(with(kMaxManifest + 1, 0), Code::kTooLarge);
}

TEST_F(Bundle, OfAnotherVersionIsRefused) {
  EXPECT_EQ(refusal(bundle_.substr(0, 8) + number(2, 4) + bundle_.substr(12)), Code::kMalformed);
  EXPECT_EQ(refusal("PHREVOKE" + bundle_.substr(8)), Code::kMalformed);
}

// What a publisher with a program of their own can sign.
Code contents_refused(const boost::json::object& manifest, const std::string& content) {
  const std::string raw = raw_bundle(boost::json::serialize(manifest), content);
  const auto contents = read_contents(*Envelope::open(raw));
  EXPECT_FALSE(contents);
  return contents ? Code::kRollback : contents.error().code;
}

TEST_F(Bundle, HoldsTheFilesThatItsManifestSays) {
  Manifest manifest = manifest_of(first_);
  manifest.files = {{"watch.py", 3, sha256_hex("abc")}};
  const boost::json::object object = object_of(manifest);
  EXPECT_EQ(contents_refused(object, "abd"), Code::kBadHash);
  EXPECT_EQ(contents_refused(object, "ab"), Code::kMalformed);
  EXPECT_EQ(contents_refused(object, "abcd"), Code::kMalformed);
  manifest.files = {{"watch.py", 1, sha256_hex("\xff")}};
  EXPECT_EQ(contents_refused(object_of(manifest), "\xff"), Code::kMalformed);
  manifest.files = {{"watch.py", kLargestMaxBundle, sha256_hex("abc")}};
  EXPECT_EQ(contents_refused(object_of(manifest), "abc"), Code::kMalformed);
}

TEST_F(Bundle, IsNotPackedWhenItWouldBeRefused) {
  const auto packed = [&](const std::function<void(Manifest&)>& change, const Files& content) {
    Manifest manifest = manifest_of(first_);
    change(manifest);
    const auto bundle = pack_bundle(manifest, content);
    EXPECT_FALSE(bundle);
    return bundle ? Code::kRollback : bundle.error().code;
  };
  const auto nothing = [](Manifest&) {};
  EXPECT_EQ(packed(nothing, {}), Code::kMalformed);
  EXPECT_EQ(packed(nothing, {{"watch.py", "\xff"}}), Code::kMalformed);
  EXPECT_EQ(packed(nothing, {{"watch.py", ""}, {"../watch.py", ""}}), Code::kBadPath);
  EXPECT_EQ(packed(nothing, {{"lamp.py", ""}}), Code::kBadEntry);
  EXPECT_EQ(packed(nothing, {{"watch.py", std::string(kLargestMaxBundle, ' ')}}), Code::kTooLarge);
  EXPECT_EQ(packed([](Manifest& manifest) { manifest.name = "x\xff"; }, files()), Code::kMalformed);
  EXPECT_EQ(packed([](Manifest& manifest) { manifest.publisher = {}; }, files()), Code::kMalformed);
  EXPECT_EQ(packed([](Manifest& manifest) { manifest.created_us = -1; }, files()), Code::kMalformed);
}

}  // namespace
}  // namespace pilothouse::trust
