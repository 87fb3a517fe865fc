#pragma once

#include <cstddef>
#include <list>
#include <string_view>
#include <utility>

#include "hub/connection.h"
#include "hub/log.h"

namespace pilothouse::hub {

// All connections, and which of them goes when there is no room for one more: so nobody keeps others out with
// connections that do nothing. The network thread's.
class Crowd {
 public:
  class Member final : public Connection::Keeper {
   public:
    Member(Crowd& crowd, boost::asio::ip::tcp::socket socket, net::TlsContext tls, Backend& backend,
           const Options& options)
        : connection(std::move(socket), std::move(tls), backend, options, *this), crowd_(crowd) {}

    void set_replaceable(bool replaceable) override {
      if (leaving_ || replaceable == replaceable_) return;
      crowd_.move(*this, replaceable);
    }
    void refused_tls(std::string_view why) override { crowd_.tls_log_.line(why); }

    Connection connection;

   private:
    friend class Crowd;
    Crowd& crowd_;
    std::list<Member>::iterator place_;
    bool replaceable_ = true;
    bool leaving_ = false;
  };

  explicit Crowd(std::size_t most) : most_(most) {}

  bool has_room() const { return size() < most_; }
  std::size_t size() const { return replaceable_.size() + others_.size(); }

  // It stays where it is until remove().
  template <class... Args>
  Member& add(Args&&... arguments) {
    Member& member = replaceable_.emplace_back(*this, std::forward<Args>(arguments)...);
    member.place_ = std::prev(replaceable_.end());
    return member;
  }

  void remove(Member& member) { list_of(member).erase(member.place_); }

  // Aborts the connection that has been replaceable for the longest; it is removed soon after.
  void make_room() {
    if (replaceable_.empty()) return;
    Member& oldest = replaceable_.front();
    move(oldest, false);
    oldest.leaving_ = true;
    oldest.connection.abort();
  }

  template <class Do>
  void each(const Do& act) {
    for (auto* list : {&replaceable_, &others_})
      for (Member& member : *list) act(member.connection);
  }

 private:
  std::list<Member>& list_of(const Member& member) { return member.replaceable_ ? replaceable_ : others_; }

  void move(Member& member, bool replaceable) {
    std::list<Member>& from = list_of(member);
    member.replaceable_ = replaceable;
    std::list<Member>& to = list_of(member);
    to.splice(to.end(), from, member.place_);
  }

  const std::size_t most_;
  SeldomLog tls_log_{"TLS"};
  std::list<Member> replaceable_;  // the one that has been so for the longest comes first
  std::list<Member> others_;
};

}  // namespace pilothouse::hub
