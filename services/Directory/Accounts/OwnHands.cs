using Directory.Auditing;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;

namespace Directory.Accounts;

/// <summary>
/// Whoever gives an account another password or takes its second factor off must be somebody else than its owner. A person has one account as an official, so two
/// that both say whose they are belong to two; one that is nobody's, as the first administrator's before he is named, can be anybody's.
/// </summary>
internal static class OwnHands
{
    /// <summary>The code of why not, or null.</summary>
    public static async Task<string?> ProblemOfAsync(DirectoryDb db, Caller caller, Account account, CancellationToken stop)
    {
        var acting = Guid.Parse(caller.Actor);
        return account.Id == acting ? "own-account"
            : account.OfficialId is null || !await db.Accounts.AnyAsync(own => own.Id == acting && own.OfficialId != null, stop) ? "account-unnamed"
            : null;
    }
}
