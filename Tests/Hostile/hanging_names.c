// A service of names (nsswitch.conf(5)) whose server does not answer: takes the place of libnss_hesiod.so.2.
#include <grp.h>
#include <nss.h>
#include <pwd.h>
#include <unistd.h>

static enum nss_status hang(void) {
  while (pause()) continue;
  return NSS_STATUS_UNAVAIL;
}

enum nss_status _nss_hesiod_getpwnam_r(const char *name, struct passwd *entry, char *room, size_t size, int *error) {
  (void)name, (void)entry, (void)room, (void)size, (void)error;
  return hang();
}

enum nss_status _nss_hesiod_getpwuid_r(uid_t user, struct passwd *entry, char *room, size_t size, int *error) {
  (void)user, (void)entry, (void)room, (void)size, (void)error;
  return hang();
}

enum nss_status _nss_hesiod_initgroups_dyn(const char *user, gid_t group, long *start, long *size, gid_t **groups,
                                           long limit, int *error) {
  (void)user, (void)group, (void)start, (void)size, (void)groups, (void)limit, (void)error;
  return hang();
}
