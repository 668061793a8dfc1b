package io.mesocosm.containerizer.process;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The shell text that turns a shell into the command: with exactly its environment, whichever shell
 * that is, and its standard input empty.
 *
 * <p>Variables are mostly exported by the shell, for the arguments of a process can be read by
 * every user of the machine, if only for the moment until {@code env} has become the command. Those
 * that a shell would not take, or would mind itself, are left to {@code env}, which also removes
 * what shells add.
 */
final class CommandScript {
  /** Names that no shell and no C library gives a meaning to; the others are not secret. */
  private static final Pattern ORDINARY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private static final Pattern MINDED =
      Pattern.compile(
          "_|BASH.*|CDPATH|CHILD_MAX|COLUMNS|COMP_.*|COMPREPLY|COPROC|DIRSTACK|EMACS|ENV|EPOCH.*|EUID"
              + "|EXECIGNORE|FCEDIT|FIGNORE|FUNCNAME|FUNCNEST|GCONV_PATH|GETCONF_DIR|GLIBC_.*"
              + "|GLOBIGNORE|GLOBSORT|GROUPS|HIST.*|histchars|HOSTFILE|HOSTTYPE|IFS|IGNOREEOF|INPUTRC"
              + "|INSIDE_EMACS|LANG|LANGUAGE|LC_.*|LD_.*|LINENO|LINES|LOCPATH|MACHTYPE|MAIL.*|MALLOC_.*"
              + "|MAPFILE|NLSPATH|OLDPWD|OPT.*|OSTYPE|PIPESTATUS|POSIX.*|PPID|PROMPT.*|PS[0-9]|PWD"
              + "|RANDOM|READLINE.*|REPLY|SECONDS|SHELLOPTS|SHLVL|SRANDOM|TEXTDOMAIN.*|TIMEFORMAT"
              + "|TMOUT|UID|auto_resume");

  private CommandScript() {}

  /**
   * In braces, so that a shell that gets only a part of it does nothing.
   *
   * <p>The first deed is to report the pid, which stays the same from then on, on descriptor 3.
   */
  static String of(Launch launch) {
    StringBuilder exports = new StringBuilder();
    List<String> last =
        new ArrayList<>(
            List.of("/usr/bin/env", "-u", "PWD", "-u", "OLDPWD", "-u", "SHLVL", "-u", "_", "--"));
    for (Map.Entry<String, String> variable : launch.environment().entrySet()) {
      String name = variable.getKey();
      if (ORDINARY.matcher(name).matches() && !MINDED.matcher(name).matches()) {
        exports
            .append("export ")
            .append(name)
            .append('=')
            .append(quoted(variable.getValue()))
            .append('\n');
      } else {
        last.add(name + "=" + variable.getValue());
      }
    }
    if (launch.words().getFirst().contains("=")) {
      // env would take it for one more variable
      last.addAll(List.of("/bin/sh", "-c", "exec \"$@\"", "sh"));
    }
    last.addAll(launch.words());
    StringBuilder text = new StringBuilder("{\nread -r pid rest </proc/self/stat\n");
    text.append("echo \"$pid\" >&3\n").append(exports).append("exec");
    last.forEach(word -> text.append(' ').append(quoted(word)));
    return text.append(" </dev/null 3>&-\n}\n").toString();
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
