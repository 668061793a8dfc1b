package io.mesocosm.model.access;

import java.util.Optional;

/**
 * What a principal can be allowed to do: the rows of contracts/mesos-ha.md §10, by number. Starting
 * a nested container, or a session in one, takes two permissions (numbers 19 and 22): for the user
 * that it runs as, and for the user of its parent. UPDATE_QUOTA stands for number 50 too, which has
 * the same rules.
 */
public enum Action {
  REGISTER_FRAMEWORK(1, "register_frameworks", ObjectKind.ROLE),
  RUN_TASK(2, "run_tasks", ObjectKind.USER),
  TEARDOWN_FRAMEWORK(3, "teardown_frameworks", ObjectKind.FRAMEWORK_PRINCIPAL),
  RESERVE_RESOURCES(4, "reserve_resources", ObjectKind.ROLE),
  UNRESERVE_RESOURCES(5, "unreserve_resources", ObjectKind.RESERVER_PRINCIPAL),
  CREATE_VOLUME(6, "create_volumes", ObjectKind.ROLE),
  DESTROY_VOLUME(7, "destroy_volumes", ObjectKind.CREATOR_PRINCIPAL),
  GET_ENDPOINT_WITH_PATH(8, "get_endpoints", ObjectKind.PATH),
  VIEW_ROLE(9, "view_roles", ObjectKind.ROLE),
  UPDATE_WEIGHT(10, "update_weights", ObjectKind.ROLE),
  GET_QUOTA(11, "get_quotas", ObjectKind.ROLE),
  UPDATE_QUOTA(12, "update_quotas", ObjectKind.ROLE),
  VIEW_FRAMEWORK(13, "view_frameworks", ObjectKind.USER),
  VIEW_TASK(14, "view_tasks", ObjectKind.USER),
  VIEW_EXECUTOR(15, "view_executors", ObjectKind.USER),
  ACCESS_SANDBOX(16, "access_sandboxes", ObjectKind.USER),
  ACCESS_MESOS_LOG(17, "access_mesos_logs", ObjectKind.LOG),
  VIEW_FLAGS(18, "view_flags", ObjectKind.FLAG),
  LAUNCH_NESTED_CONTAINER_AS_USER(19, "launch_nested_containers_as_user", ObjectKind.USER),
  LAUNCH_NESTED_CONTAINER_UNDER_PARENT_WITH_USER(
      19, "launch_nested_containers_under_parent_with_user", ObjectKind.USER),
  KILL_NESTED_CONTAINER(20, "kill_nested_containers", ObjectKind.USER),
  WAIT_NESTED_CONTAINER(21, "wait_nested_containers", ObjectKind.USER),
  LAUNCH_NESTED_CONTAINER_SESSION_AS_USER(
      22, "launch_nested_container_sessions_as_user", ObjectKind.USER),
  LAUNCH_NESTED_CONTAINER_SESSION_UNDER_PARENT_WITH_USER(
      22, "launch_nested_container_sessions_under_parent_with_user", ObjectKind.USER),
  ATTACH_CONTAINER_INPUT(23, "attach_containers_input", ObjectKind.USER),
  ATTACH_CONTAINER_OUTPUT(24, "attach_containers_output", ObjectKind.USER),
  VIEW_CONTAINER(25, "view_containers", ObjectKind.USER),
  SET_LOG_LEVEL(26, "set_log_level", ObjectKind.LEVEL),
  REMOVE_NESTED_CONTAINER(27, "remove_nested_containers", ObjectKind.USER),
  REGISTER_AGENT(28, "register_agents", ObjectKind.AGENT),
  UPDATE_MAINTENANCE_SCHEDULE(29, "update_maintenance_schedules", ObjectKind.MACHINE),
  GET_MAINTENANCE_SCHEDULE(30, "get_maintenance_schedules", ObjectKind.MACHINE),
  START_MAINTENANCE(31, "start_maintenances", ObjectKind.MACHINE),
  STOP_MAINTENANCE(32, "stop_maintenances", ObjectKind.MACHINE),
  GET_MAINTENANCE_STATUS(33, "get_maintenance_statuses", ObjectKind.MACHINE),
  MARK_AGENT_GONE(34, "mark_agents_gone", ObjectKind.AGENT),
  LAUNCH_STANDALONE_CONTAINER(35, "launch_standalone_containers", ObjectKind.USER),
  KILL_STANDALONE_CONTAINER(36, "kill_standalone_containers", ObjectKind.USER),
  WAIT_STANDALONE_CONTAINER(37, "wait_standalone_containers", ObjectKind.USER),
  REMOVE_STANDALONE_CONTAINER(38, "remove_standalone_containers", ObjectKind.USER),
  MODIFY_RESOURCE_PROVIDER_CONFIG(
      39, "modify_resource_provider_configs", ObjectKind.RESOURCE_PROVIDER),
  VIEW_STANDALONE_CONTAINER(40, "view_standalone_containers", ObjectKind.USER),
  PRUNE_IMAGES(41, "prune_images", ObjectKind.IMAGE),
  RESIZE_VOLUME(42, "resize_volumes", ObjectKind.ROLE),
  CREATE_BLOCK_DISK(43, "create_block_disks", ObjectKind.ROLE),
  DESTROY_BLOCK_DISK(44, "destroy_block_disks", ObjectKind.ROLE),
  CREATE_MOUNT_DISK(45, "create_mount_disks", ObjectKind.ROLE),
  DESTROY_MOUNT_DISK(46, "destroy_mount_disks", ObjectKind.ROLE),
  VIEW_RESOURCE_PROVIDER(47, "view_resource_providers", ObjectKind.RESOURCE_PROVIDER),
  MARK_RESOURCE_PROVIDER_GONE(48, "mark_resource_providers_gone", ObjectKind.RESOURCE_PROVIDER),
  DESTROY_RAW_DISK(49, "destroy_raw_disks", ObjectKind.ROLE),
  DRAIN_AGENT(51, "drain_agents", ObjectKind.AGENT),
  DEACTIVATE_AGENT(52, "deactivate_agents", ObjectKind.AGENT),
  REACTIVATE_AGENT(53, "reactivate_agents", ObjectKind.AGENT);

  /** What the objects of an action are. */
  public enum ObjectKind {
    ROLE("roles", true),
    USER("users", true),
    FRAMEWORK_PRINCIPAL("framework_principals", true),
    RESERVER_PRINCIPAL("reserver_principals", true),
    CREATOR_PRINCIPAL("creator_principals", true),
    PATH("paths", true),
    LOG("logs", false),
    FLAG("flags", false),
    LEVEL("level", false),
    AGENT("agents", false),
    MACHINE("machines", false),
    RESOURCE_PROVIDER("resource_providers", false),
    IMAGE("images", false);

    private final String key;
    private final boolean named;

    ObjectKind(String key, boolean named) {
      this.key = key;
      this.named = named;
    }

    /** In an access list. */
    public String key() {
      return key;
    }

    /** Whether rules can name single ones; else a rule is for all of them or for none. */
    public boolean isNamed() {
      return named;
    }
  }

  private final int number;
  private final String key;
  private final ObjectKind object;

  Action(int number, String key, ObjectKind object) {
    this.number = number;
    this.key = key;
    this.object = object;
  }

  /** As Mesos counts its actions. */
  public int number() {
    return number;
  }

  /** The name of its rules in an access list, e.g. {@code run_tasks}. */
  public String key() {
    return key;
  }

  public ObjectKind object() {
    return object;
  }

  /** The name of the objects in a rule, e.g. {@code users}. */
  public String objectKey() {
    return object.key();
  }

  /** The action whose rules have that name in an access list. */
  public static Optional<Action> ofKey(String key) {
    for (Action action : values()) {
      if (action.key.equals(key)) {
        return Optional.of(action);
      }
    }
    return Optional.empty();
  }
}
