/// Maximum-weight matching in a general graph (Edmonds' blossoms; primal and dual, after Galil's survey of 1986).
///
/// Given vertices 0 … n−1 and whole, non-negative weights, finds disjoint edges of the greatest total weight. Dense:
/// O(n) memory beside the weights, which may be computed on the fly; a stage costs O(n) for each vertex that its trees
/// reach. Exact: no floating point. Which of several optima comes out depends on the numbering, and nothing may rest
/// on it.
///
/// The dual side: every vertex has Y ≥ 0 and every blossom Z ≥ 0, such that each edge has
///     slack = Y(u) + Y(v) + Σ Z(blossoms that hold both) − 4·weight ≥ 0.
/// Optimal once matched edges have slack 0, unmatched vertices Y = 0, and blossoms with Z > 0 are full inside.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "core/formats/dutch/wide.hpp"

namespace agon::formats::dutch {

using Vertex = std::uint32_t;
inline constexpr Vertex no_vertex = ~Vertex{0};

/// `Weights` has
///     size()              how many vertices,
///     each(u, f)          calls f(v, 4·weight) for the edges of u until f returns false,
///     start(v)            an even Y(v), such that every slack is at least 0 at the start.
template <class Int, class Weights>
class Matching {
public:
    explicit Matching(const Weights& weights);

    /// By vertex: whom it is matched with, or `no_vertex`.
    const std::vector<Vertex>& solve();

private:
    /// Outer: reachable from an unmatched root by an even number of edges; inner: by an odd number.
    enum class Label : std::uint8_t { none, outer, inner };
    /// Nodes are vertices (0 … n−1) and blossoms (n …).
    using Node = std::uint32_t;
    struct Edge {
        Vertex from = no_vertex, into = no_vertex;
    };
    /// What a change of the duals can lead to: a vertex may stay unmatched, two trees meet, a tree reaches a node, an odd
    /// cycle closes, an inner blossom's weight is used up.
    enum class What : std::uint8_t { zero, bridge, grow, shrink, expand };
    struct Event {
        What what;
        Node at;
        Int step;
    };
    struct Blossom {
        /// An odd cycle, the first child holds the base; `links[i]` leads from child i to the next.
        std::vector<Node> children;
        std::vector<Edge> links;
        Int z = 0;
    };

    void match_greedily();
    bool run_stage();
    void plant_roots();
    /// Whether the search of this stage found an augmentation on the way.
    bool scan_queue();
    bool scan(Vertex u);
    void find_rival(Vertex u);
    bool change_duals();
    Event next_event();
    void move_duals(const Int& step);

    bool grow(Vertex u, Vertex v);
    void shrink(Vertex u, Vertex v);
    void expand_inner(Node b);
    void dissolve(Node b);
    void augment(Vertex u, Vertex v);
    void rematch(Vertex v, Vertex partner);
    void rotate(Node b, Vertex v);

    void set_label(Node b, Label label, Edge entry, Vertex root);
    void set_top(Node b, Node top);
    Node meeting_point(Node a, Node b);
    Node child_holding(Node b, Vertex v) const;
    Node new_blossom();
    Blossom& blossom(Node b) { return blossoms_[b - n_]; }
    bool is_blossom(Node b) const { return b >= n_; }
    template <class F>
    void for_vertices(Node b, const F& f);

    const Weights& weights_;
    Vertex n_;
    std::vector<Vertex> mate_;

    // By vertex.
    std::vector<Int> y_;
    std::vector<Label> state_;      ///< label of the outermost node
    std::vector<Node> top_;         ///< outermost node that holds the vertex
    std::vector<Int> slack_;        ///< unless outer: the least slack of an edge to an outer vertex,
    std::vector<Vertex> best_;      ///< and that vertex
    std::vector<Int> rival_slack_;  ///< outer: the least slack of an edge to another outer node of the same tree,
    std::vector<Vertex> rival_;     ///< and that vertex; it may have come into the same node since
    std::vector<Vertex> queue_;     ///< outer vertices that are still to be scanned
    std::size_t scanned_ = 0;

    // By node.
    std::vector<Label> label_;
    std::vector<Edge> entry_;  ///< the edge through which the node got its label; none for a root
    std::vector<Vertex> root_, base_;
    std::vector<Node> parent_;
    std::vector<std::uint32_t> seen_;
    std::uint32_t walk_ = 0;

    std::vector<Blossom> blossoms_;
    std::vector<Node> unused_, outermost_;

    /// The least slack between two trees so far; it ends the stage.
    Int bridge_slack_ = 0;
    Edge bridge_;
};

}  // namespace agon::formats::dutch

#include "core/formats/dutch/matching_impl.hpp"
