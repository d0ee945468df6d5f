using Directory.People;
using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>Which roles an account has: those that the Administrator grants it, and those that follow from what its official holds (DIR-7).</summary>
internal static class Granting
{
    // Two duties that must not be in one hand.
    private static readonly (string One, string Other)[] Conflicts =
    [
        // Whoever examines the administration takes no part in it.
        .. Roles.Granted.Where(role => role != Roles.Auditor).Select(role => (Roles.Auditor, role)),
        // The Administrator drafts a broadcast, the Chair examines and approves it (KOR 7(6), 10c).
        (Roles.Administrator, Roles.Chair),
        // The steward verifies what the producer delivers (SPBE 22, 35).
        (Roles.DataSteward, Roles.DataProducer),
    ];

    /// <summary>
    /// The code of what is wrong with granting these roles, or null. An account that is nobody's is given none: duties exclude each other per person, an official has
    /// one account, and a second one without a name would put both in one hand. The first administrator keeps his until he is named.
    /// </summary>
    public static string? ProblemOf(IReadOnlyList<string> roles, bool hasOfficial, IReadOnlyList<string>? had = null) =>
        roles.Any(role => Roles.Held.Contains(role, StringComparer.Ordinal)) ? "role-follows-position"
        : roles.Any(role => !Roles.Granted.Contains(role, StringComparer.Ordinal)) ? "role-unknown"
        : Conflicts.Any(pair => roles.Contains(pair.One, StringComparer.Ordinal) && roles.Contains(pair.Other, StringComparer.Ordinal)) ? "roles-conflict"
        : !hasOfficial && roles.Any(role => had?.Contains(role, StringComparer.Ordinal) is not true) ? "role-needs-official"
        : null;

    /// <summary>All roles of an account at an instant. Who acts in a position has its role too: he has its powers while he does.</summary>
    public static async Task<IReadOnlyList<string>> RolesAsync(DirectoryDb db, Account account, DateTimeOffset now, CancellationToken stop)
    {
        var held = await db.Assignments
            .Where(post => post.OfficialId == account.OfficialId && post.HeldFrom <= now && (post.HeldTo == null || now < post.HeldTo))
            .Select(post => new { post.Position!.Kind, post.Position.SignsDocuments }).Distinct().ToListAsync(stop);
        var isOperator = await db.OperatorsAt(now).AnyAsync(appointed => appointed.Assignment!.OfficialId == account.OfficialId, stop);
        return Ordered([.. account.Roles, .. held.Where(post => post.Kind != PositionKind.Staff).Select(post => post.Kind.ToString()), .. held.Take(1).Select(_ => Roles.Official),
            .. held.Where(post => post.SignsDocuments).Select(_ => Roles.Signer),
            .. isOperator ? [Roles.UnitOperator] : Array.Empty<string>()]);
    }

    public static List<string> Ordered(IEnumerable<string> roles) => [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
