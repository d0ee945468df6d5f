using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Accounts;

/// <summary>Accounts in the order of their logins (DIR-2).</summary>
public static class ListAccounts
{
    /// <param name="HasPassword">False until its owner has set one.</param>
    /// <param name="OpenUntil">Until here it is open although its official holds no position.</param>
    public sealed record Item(
        Guid Id, string UserLogin, string? EmployeeNumber, string? OfficialName, IReadOnlyList<string> Roles, bool Enabled, bool HasPassword,
        bool TwoFactorEnabled, DateTimeOffset? LockedUntil, DateTimeOffset? OpenUntil, long Version);

    internal static Expression<Func<Account, Item>> ToItem { get; } = account => new(
        account.Id, account.UserName!, account.Official!.EmployeeNumber, account.Official.Name, account.Roles, account.Enabled,
        account.PasswordHash != null, account.TwoFactorEnabled, account.LockoutEnd, account.OpenUntil, account.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/accounts", HandleAsync).WithName(nameof(ListAccounts));

    private static async Task<Ok<Page<Item>>> HandleAsync(
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.UserLogin)] string? userLogin,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CancellationToken stop)
    {
        var normalized = userLogin?.ToUpperInvariant();
        var after = cursor?.ToUpperInvariant();
        var items = await db.Accounts
            .Where(account => (normalized == null || account.NormalizedUserName == normalized)
                && (after == null || account.NormalizedUserName!.CompareTo(after) > 0))
            .OrderBy(account => account.NormalizedUserName).Take(Paging.PageSize + 1).Select(ToItem).ToListAsync(stop);
        return TypedResults.Ok(Paging.PageOf(items, item => item.UserLogin));
    }
}
