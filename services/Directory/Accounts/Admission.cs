using System.Linq.Expressions;
using Directory.Storage;

namespace Directory.Accounts;

/// <summary>
/// When an account is open: while its official holds a position (BJN 12(1)d), definitively or acting. Before his first assignment begins he does not sign in, and
/// with the end of the last one the account closes. An account of nobody, or of somebody who was never given a position, is open as long as the Administrator leaves it
/// so. <see cref="Account.OpenUntil"/> is the Administrator's exception.
/// </summary>
internal static class Admission
{
    /// <summary>Accounts that sign in and refresh at this instant; asked each time, so that an end at midnight counts at midnight.</summary>
    public static Expression<Func<Account, bool>> At(DirectoryDb db, DateTimeOffset now) => account => account.Enabled
        && (account.OfficialId == null || account.OpenUntil > now
            || !db.Assignments.Any(held => held.OfficialId == account.OfficialId)
            || db.Assignments.Any(held => held.OfficialId == account.OfficialId && held.HeldFrom <= now && (held.HeldTo == null || held.HeldTo > now)));

    /// <summary>Accounts of officials who held something, and neither do now nor will.</summary>
    public static Expression<Func<Account, bool>> HoldsNothingMore(DirectoryDb db, DateTimeOffset now) => account => account.OfficialId != null
        && db.Assignments.Any(held => held.OfficialId == account.OfficialId)
        // A cancelled one has no length, wherever it lies.
        && !db.Assignments.Any(held => held.OfficialId == account.OfficialId && (held.HeldTo == null || (held.HeldTo > now && held.HeldTo > held.HeldFrom)));
}
