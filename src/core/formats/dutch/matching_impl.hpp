/// The bodies of `Matching`; include matching.hpp.
#pragma once

#include "base/result.hpp"
#include "core/formats/dutch/matching.hpp"

namespace agon::formats::dutch {

template <class Int, class Weights>
Matching<Int, Weights>::Matching(const Weights& weights)
    : weights_(weights),
      n_(static_cast<Vertex>(weights.size())),
      mate_(n_, no_vertex),
      state_(n_),
      top_(n_),
      slack_(n_, Int(0)),
      best_(n_),
      rival_slack_(n_, Int(0)),
      rival_(n_),
      label_(n_),
      entry_(n_),
      root_(n_, no_vertex),
      base_(n_),
      parent_(n_, no_vertex),
      seen_(n_, 0) {
    y_.reserve(n_);
    for (Vertex v = 0; v < n_; ++v) {
        y_.push_back(weights.start(v));
        top_[v] = base_[v] = v;
    }
}

template <class Int, class Weights>
const std::vector<Vertex>& Matching<Int, Weights>::solve() {
    match_greedily();
    while (run_stage()) {
    }
    return mate_;
}

/// Matches along tight edges while there are two free ends: what this finds needs no search.
template <class Int, class Weights>
void Matching<Int, Weights>::match_greedily() {
    for (Vertex u = 0; u < n_; ++u) {
        if (mate_[u] != no_vertex) continue;
        weights_.each(u, [&](Vertex v, const Int& weight) {
            if (mate_[v] != no_vertex || y_[u] + y_[v] != weight) return true;
            mate_[u] = v;
            mate_[v] = u;
            return false;
        });
    }
}

/// One stage: grows trees from all unmatched vertices with Y > 0 until two of them meet, or one finds a vertex that may
/// stay unmatched. False if there is nothing left to do.
template <class Int, class Weights>
bool Matching<Int, Weights>::run_stage() {
    plant_roots();
    if (queue_.empty()) return false;
    while (!scan_queue() && !change_duals()) {
    }
    // Blossoms of no weight would only be in the way.
    for (auto unweighed = outermost_; !unweighed.empty();) {
        const auto b = unweighed.back();
        unweighed.pop_back();
        if (blossom(b).z != 0) continue;
        std::ranges::copy_if(blossom(b).children, std::back_inserter(unweighed), [&](Node c) { return is_blossom(c); });
        dissolve(b);
    }
    return true;
}

template <class Int, class Weights>
void Matching<Int, Weights>::plant_roots() {
    queue_.clear();
    scanned_ = 0;
    bridge_ = {};
    std::ranges::fill(state_, Label::none);
    std::ranges::fill(best_, no_vertex);
    std::ranges::fill(label_, Label::none);
    for (Vertex v = 0; v < n_; ++v)
        if (mate_[v] == no_vertex && y_[v] > 0) set_label(top_[v], Label::outer, {}, v);
}

template <class Int, class Weights>
bool Matching<Int, Weights>::scan_queue() {
    while (scanned_ < queue_.size())
        if (scan(queue_[scanned_++])) return true;
    return false;
}

/// Looks at all edges of an outer vertex; follows those that are tight.
template <class Int, class Weights>
bool Matching<Int, Weights>::scan(Vertex u) {
    const auto* const y = y_.data();
    const auto* const state = state_.data();
    const auto* const top = top_.data();
    auto* const slacks = slack_.data();
    auto* const best = best_.data();
    const auto yu = y_[u];
    bool augmented = false;
    weights_.each(u, [&](Vertex v, const Int& weight) {
        const Int slack = yu + y[v] - weight;
        if (state[v] != Label::outer) {
            if (best[v] != no_vertex && !(slack < slacks[v])) return true;
            slacks[v] = slack;
            best[v] = u;
            if (state[v] == Label::none && slack == 0) augmented = grow(u, v);
        } else if (top[v] == top[u]) {
            return true;
        } else if (root_[top[v]] != root_[top[u]]) {
            if (bridge_.from != no_vertex && !(slack < bridge_slack_)) return true;
            bridge_slack_ = slack;
            bridge_ = {u, v};
            if (slack == 0) {
                augment(u, v);
                augmented = true;
            }
        } else if (rival_[u] == no_vertex || slack < rival_slack_[u]) {
            rival_slack_[u] = slack;
            rival_[u] = v;
        }
        return !augmented;
    });
    return augmented;
}

/// The rival of an outer vertex anew: its old one has come into the same blossom.
template <class Int, class Weights>
void Matching<Int, Weights>::find_rival(Vertex u) {
    rival_[u] = no_vertex;
    weights_.each(u, [&](Vertex v, const Int& weight) {
        if (state_[v] != Label::outer || top_[v] == top_[u] || root_[top_[v]] != root_[top_[u]]) return true;
        const Int slack = y_[u] + y_[v] - weight;
        if (rival_[u] != no_vertex && !(slack < rival_slack_[u])) return true;
        rival_slack_[u] = slack;
        rival_[u] = v;
        return true;
    });
}

/// Nothing tight is left: changes the duals by the most that keeps every slack, and does what that makes possible.
/// True if that was an augmentation.
template <class Int, class Weights>
bool Matching<Int, Weights>::change_duals() {
    const auto event = next_event();
    if (event.step != 0) move_duals(event.step);
    switch (event.what) {
        case What::zero: rematch(event.at, no_vertex); return true;
        case What::bridge: augment(bridge_.from, bridge_.into); return true;
        case What::grow: return grow(best_[event.at], event.at);
        case What::shrink: shrink(event.at, rival_[event.at]); return false;
        case What::expand: expand_inner(event.at); return false;
    }
    return true;
}

template <class Int, class Weights>
auto Matching<Int, Weights>::next_event() -> Event {
    Event event{What::zero, no_vertex, 0};
    const auto offer = [&](const Int& step, What what, Node at) {
        if (event.at == no_vertex || step < event.step) event = {what, at, step};
    };
    for (Vertex v = 0; v < n_; ++v) {
        if (state_[v] == Label::none && best_[v] != no_vertex) offer(slack_[v], What::grow, v);
        if (state_[v] != Label::outer) continue;
        offer(y_[v], What::zero, v);
        while (rival_[v] != no_vertex && half(rival_slack_[v]) < event.step) {
            if (top_[v] == top_[rival_[v]])
                find_rival(v);
            else
                offer(half(rival_slack_[v]), What::shrink, v);
        }
    }
    for (const auto b : outermost_)
        if (label_[b] == Label::inner) offer(half(blossom(b).z), What::expand, b);
    if (bridge_.from != no_vertex && !(event.step < half(bridge_slack_)))
        event = {What::bridge, bridge_.from, half(bridge_slack_)};
    return event;
}

/// Lowers Y of outer and raises Y of inner vertices, and changes all that follows from them.
template <class Int, class Weights>
void Matching<Int, Weights>::move_duals(const Int& step) {
    const Int twice = step + step;
    for (Vertex v = 0; v < n_; ++v) {
        if (state_[v] == Label::outer) {
            y_[v] -= step;
            rival_slack_[v] -= twice;
        } else if (state_[v] == Label::inner) {
            y_[v] += step;
        } else {
            slack_[v] -= step;
        }
    }
    for (const auto b : outermost_) {
        if (label_[b] == Label::outer) blossom(b).z += twice;
        if (label_[b] == Label::inner) blossom(b).z -= twice;
    }
    bridge_slack_ -= twice;
}

/// Takes the node of v into the tree of u. True if it was unmatched, which ends the stage.
template <class Int, class Weights>
bool Matching<Int, Weights>::grow(Vertex u, Vertex v) {
    const auto inner = top_[v];
    const auto base = base_[inner];
    const auto mate = mate_[base];
    if (mate == no_vertex) {
        rotate(inner, v);
        mate_[v] = u;
        rematch(u, v);
        return true;
    }
    const auto root = root_[top_[u]];
    set_label(inner, Label::inner, {u, v}, root);
    set_label(top_[mate], Label::outer, {base, mate}, root);
    return false;
}

template <class Int, class Weights>
void Matching<Int, Weights>::set_label(Node b, Label label, Edge entry, Vertex root) {
    label_[b] = label;
    entry_[b] = entry;
    root_[b] = root;
    for_vertices(b, [&](Vertex v) {
        if (label == Label::outer && state_[v] != Label::outer) {
            queue_.push_back(v);
            rival_[v] = no_vertex;
        }
        state_[v] = label;
    });
}

/// Matches v with `partner` (or with nobody) and changes the matching along the path from v to the root of its tree.
template <class Int, class Weights>
void Matching<Int, Weights>::rematch(Vertex v, Vertex partner) {
    for (;;) {
        const auto outer = top_[v];
        const auto entry = entry_[outer];
        rotate(outer, v);
        mate_[v] = partner;
        if (entry.from == no_vertex) return;
        const auto inner = top_[entry.from];
        const auto [from, into] = entry_[inner];
        rotate(inner, into);
        mate_[into] = from;
        v = from;
        partner = into;
    }
}

template <class Int, class Weights>
void Matching<Int, Weights>::augment(Vertex u, Vertex v) {
    rematch(u, v);
    rematch(v, u);
}

}  // namespace agon::formats::dutch

#include "core/formats/dutch/blossoms_impl.hpp"
