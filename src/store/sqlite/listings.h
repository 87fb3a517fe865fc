#pragma once

#include "base/error.h"
#include "store/record_store.h"
#include "store/sqlite/connection.h"

// The answers of the store, inside the caller's transaction. All throw SqliteError.
namespace pilothouse::store::sqlite {

// kNotFound when the query names a cluster, or a scheduler, that its workspace has not.
base::Result<void> require_cluster(Connection& connection, const Query& query);

base::Result<Page<model::ClusterView>> list_clusters(Connection& connection, const Query& query);
base::Result<Page<model::ComputationView>> list_computations(Connection& connection, const Query& query);
base::Result<Page<model::EventView>> list_events(Connection& connection, const Query& query);
base::Result<Page<model::TopicView>> list_topics(Connection& connection, const Query& query);
base::Result<Page<model::ExceptionView>> list_exceptions(Connection& connection, const Query& query);
base::Result<Page<model::ExceptionGroupView>> list_exception_groups(Connection& connection,
                                                                    const Query& query);
base::Result<Page<model::WorkerView>> list_workers(Connection& connection, const Query& query);
base::Result<Page<model::SampleView>> list_samples(Connection& connection, const Query& query);
base::Result<Page<model::SpanView>> list_spans(Connection& connection, const Query& query);

base::Result<Page<model::FoundSpan>> find_spans(Connection& connection, const Query& query);

// Only what the cluster's own row says.
base::Result<model::ClusterView> find_cluster_row(Connection& connection, std::int64_t workspace,
                                                  std::int64_t id, const Viewpoint& viewpoint);
base::Result<ClusterDetail> find_cluster(Connection& connection, std::int64_t workspace, std::int64_t id,
                                         const Viewpoint& viewpoint);
base::Result<model::ComputationView> find_computation(Connection& connection, std::int64_t workspace,
                                                      std::int64_t id, const Viewpoint& viewpoint);

}  // namespace pilothouse::store::sqlite
