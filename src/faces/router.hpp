/// Finds the endpoint of a request, checks who asks and how often, runs it (once per idempotency key), and renders what
/// went wrong in its face's form.
#pragma once

#include "faces/endpoint.hpp"

namespace agon {

/// A page that is always there: served as it is, without a face.
struct FixedPage {
    std::string path;
    RenderedPtr content;
    std::vector<std::pair<std::string, std::string>> headers;
};

/// A page made anew for every request, as the metrics are.
struct LivePage {
    std::string_view path;
    std::string_view content_type;
    /// Status and body.
    std::function<std::pair<int, std::string>()> make;
};

class Router : public Site {
public:
    explicit Router(Services& services) : services_(services) {}

    /// The face's endpoints; `face` lives as long as the program. Before the first request.
    void add(const Face& face, std::vector<Endpoint> endpoints);
    void add(FixedPage page) { fixed_.push_back(std::move(page)); }
    void add(LivePage page) { live_.push_back(std::move(page)); }
    /// Where a WebSocket is served: who does not ask for one is told so.
    void add_socket(std::string path) { sockets_.push_back(std::move(path)); }

    Task<Response> handle(Request) override;
    Response refuse(int status, std::string_view sentence, std::string_view path) override;

    struct Route {
        const Face* face = nullptr;
        Endpoint endpoint;
        /// The pattern's segments; a parameter's is empty.
        std::vector<std::string_view> segments;
    };
    /// Every route there is, for the documentation and the tests.
    std::span<const Route> routes() const { return routes_; }

private:
    struct Found {
        const Route* route = nullptr;
        /// Another method would have been right: these.
        std::string allowed;
        std::array<std::string_view, 8> values{};
        std::size_t count = 0;
    };
    Found find(Method, std::string_view path) const;
    bool is_page(std::string_view path) const;
    std::optional<Response> page(const Request&) const;
    const Face* face_of(std::string_view path) const;
    Task<Response> run(Request, Found);
    /// The endpoint's answer, whoever asks.
    Task<Response> answer(Context&, const Found&);
    /// The same, or the answer to the request that came first with the same idempotency key.
    Task<Response> answer_once(Context&, const Found&);
    Task<Response> answer_keyed(Context&, const Found&, std::string_view key);
    Response refuse_unknown(const Request&, const std::string& allowed);
    std::optional<Metered> count(const Route&, const Request&, const Actor*, Rate&);
    std::optional<Metered> count_address(const Request&, Rate&);

    Services& services_;
    std::vector<const Face*> faces_;
    std::vector<Route> routes_;
    /// Routes by number of segments.
    std::array<std::vector<std::size_t>, 12> by_length_;
    std::vector<FixedPage> fixed_;
    std::vector<LivePage> live_;
    std::vector<std::string> sockets_;
};

/// 304 where the client has this version, else the document with its ETag.
Response answer_rendered(const Request&, RenderedPtr, int status);

}  // namespace agon
