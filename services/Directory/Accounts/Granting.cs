using Directory.Storage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>Which roles an account can have.</summary>
internal static class Granting
{
    /// <summary>The code of what is wrong with these roles, or null.</summary>
    public static string? ProblemOf(IReadOnlyList<string> roles, Guid? officialId) =>
        roles.Any(role => !Roles.All.Contains(role, StringComparer.Ordinal)) ? "role-unknown"
        : officialId is null && roles.Contains(Roles.Official, StringComparer.Ordinal) ? "role-needs-official"
        : null;

    public static List<string> Ordered(IEnumerable<string> roles) => [.. roles.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <summary>
    /// Another account could go on administering without this one. Locks the administrators until the transaction ends: of two who take the role from each
    /// other at once, the second finds the first gone.
    /// </summary>
    public static async Task<bool> HasAnotherAdministratorAsync(DirectoryDb db, Guid accountId, CancellationToken stop)
    {
        var administrators = await db.Database
            .SqlQuery<Guid>($"select id from account where enabled and {Roles.Administrator} = any(roles) order by id for update").ToListAsync(stop);
        return administrators.Exists(id => id != accountId);
    }
}
