using System.ComponentModel.DataAnnotations;
using System.Linq.Expressions;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Accounts;

/// <summary>Accounts in the order of their logins (DIR-2), as of any instant: whose they were then, and what they might; those with a granted role, if one is asked for.</summary>
public static class ListAccounts
{
    /// <param name="HasPassword">False until its owner has set one.</param>
    /// <param name="LockedUntil">After too many tries; of now only.</param>
    /// <param name="OpenUntil">Until here it is open although its official holds no position.</param>
    public sealed record Item(
        Guid Id, string UserLogin, string? EmployeeNumber, string? OfficialName, IReadOnlyList<string> Roles, bool Enabled, bool HasPassword,
        bool TwoFactorEnabled, DateTimeOffset? LockedUntil, DateTimeOffset? OpenUntil, long Version);

    internal static Expression<Func<Account, Item>> ToItem { get; } = account => new(
        account.Id, account.UserName!, account.Official!.EmployeeNumber, account.Official.Name, account.Roles, account.Enabled,
        account.PasswordHash != null, account.TwoFactorEnabled, account.LockoutEnd, account.OpenUntil, account.Version);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/accounts", HandleAsync).WithName(nameof(ListAccounts));

    private static async Task<Results<Ok<Page<Item>>, ProblemHttpResult>> HandleAsync(
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.UserLogin)] string? userLogin,
        [StringLength(Spelling.LongestUserLogin), RegularExpression(Spelling.UserLogin)] string? role,
        [StringLength(Spelling.LongestInstant), RegularExpression(Spelling.Line)] string? asOf,
        [StringLength(Spelling.LongestCursor), RegularExpression(Spelling.Line)] string? cursor, DirectoryDb db, CityTime city, CancellationToken stop)
    {
        if (!city.TryRead(asOf, out var at))
            return Problems.Invalid("asOf", "value");
        if (role is not null && Granting.ProblemOf([role], hasOfficial: true) is { } problem)
            return Problems.Invalid("role", problem);
        var normalized = userLogin?.ToUpperInvariant();
        var after = cursor?.ToUpperInvariant();
        var found = at is { } instant
            ? db.AccountsAsOf(instant).Where(account => (normalized == null || account.NormalizedUserLogin == normalized) && (role == null || account.Roles.Contains(role))
                && (after == null || account.NormalizedUserLogin.CompareTo(after) > 0))
                .OrderBy(account => account.NormalizedUserLogin).Take(Paging.PageSize + 1).Select(account => new Item(
                    account.AccountId, account.UserLogin, account.Official!.EmployeeNumber, account.Official.Name, account.Roles, account.Enabled,
                    account.HasPassword, account.TwoFactorEnabled, null, account.OpenUntil, account.Version))
            : db.Accounts.Where(account => (normalized == null || account.NormalizedUserName == normalized) && (role == null || account.Roles.Contains(role))
                && (after == null || account.NormalizedUserName!.CompareTo(after) > 0))
                .OrderBy(account => account.NormalizedUserName).Take(Paging.PageSize + 1).Select(ToItem);
        var items = await found.ToListAsync(stop);
        var names = await db.NamesAsOfAsync(at, items.Select(item => item.EmployeeNumber ?? ""), stop);
        return TypedResults.Ok(Paging.PageOf(items.ConvertAll(item => item with { OfficialName = names.GetValueOrDefault(item.EmployeeNumber ?? "", item.OfficialName!) }), item => item.UserLogin));
    }
}
