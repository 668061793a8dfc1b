package io.mesocosm.agent;

import io.mesocosm.model.ContainerId;
import io.mesocosm.model.ExecutorId;
import io.mesocosm.model.FrameworkId;
import java.util.Optional;

/**
 * Issues what executors prove themselves with, for {@code MESOS_EXECUTOR_AUTHENTICATION_TOKEN}
 * (contracts/mesos-executor-api.md E7). Pure: the same arguments give the same token.
 */
@FunctionalInterface
public interface ExecutorTokens {
  /** For agents that do not authenticate executors. */
  ExecutorTokens NONE = (_, _, _) -> Optional.empty();

  /** A token with the claims {@code fid}, {@code eid} and {@code cid}. */
  Optional<String> token(FrameworkId framework, ExecutorId executor, ContainerId container);
}
