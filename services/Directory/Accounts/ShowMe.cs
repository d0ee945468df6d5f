using System.Security.Claims;
using Contracts.Directory;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace Directory.Accounts;

/// <summary>Who the caller is, and what he holds now.</summary>
public static class ShowMe
{
    /// <param name="Roles">All, granted or held, at this instant.</param>
    /// <param name="RecoveryCodesLeft">Of the second factor.</param>
    /// <param name="NeedsAnotherAdministrator">Told to administrators as long as fewer than two can sign in: they appoint another before they do anything else.</param>
    public sealed record Me(
        Guid AccountId, string UserLogin, IReadOnlyList<string> Roles, Person? Official, IReadOnlyList<HeldPosition> Positions, bool TwoFactorEnabled,
        int RecoveryCodesLeft, bool NeedsAnotherAdministrator);

    public sealed record Person(Guid Id, string EmployeeNumber, string Name, string? NoticePhoneMasked, DateTimeOffset? NoticePhoneProvedAt, string? SenderId);

    public sealed record HeldPosition(Guid Id, string Code, string Title, PositionKind Kind, string UnitCode, string UnitName, string? Keyword, AssignmentKind HeldAs,
        DateTimeOffset From);

    internal static void Map(IEndpointRouteBuilder group) => group.MapGet("/me", HandleAsync).WithName(nameof(ShowMe));

    private static async Task<Results<Ok<Me>, ProblemHttpResult>> HandleAsync(
        ClaimsPrincipal user, DirectoryDb db, TimeProvider clock, CancellationToken stop)
    {
        var accountId = user.AccountId;
        if (await db.Accounts.AsNoTracking().Include(account => account.Official).SingleOrDefaultAsync(account => account.Id == accountId, stop) is not { } account)
            return Problems.NotFound();

        var now = clock.GetUtcNow();
        var positions = await db.Assignments
            .Where(held => held.OfficialId == account.OfficialId && held.HeldFrom <= now && (held.HeldTo == null || held.HeldTo > now))
            .OrderBy(held => held.Position!.Code)
            .Select(held => new HeldPosition(held.PositionId, held.Position!.Code, held.Position.Title, held.Position.Kind,
                held.Position.Unit!.Code, held.Position.Unit.Name, held.Position.Keywords
                    .Where(keyword => keyword.Kind == KeywordKind.Primary && keyword.ValidFrom <= now && (keyword.ValidTo == null || now < keyword.ValidTo))
                    .Select(keyword => keyword.Word).FirstOrDefault(), held.Kind, held.HeldFrom))
            .ToListAsync(stop);
        var person = account.Official is { } official
            ? new Person(official.Id, official.EmployeeNumber, official.Name, official.NoticePhone is { } phone ? PhoneNumber.Mask(phone) : null,
                official.NoticePhoneProvedAt, official.SenderIdAt(now))
            : null;
        var recoveryCodes = await db.RecoveryCodes.CountAsync(code => code.AccountId == accountId, stop);
        var needsAnother = account.Roles.Contains(Roles.Administrator) && await WatchAdministrators.CountAsync(db, now, stop) < WatchAdministrators.Needed;
        return TypedResults.Ok(new Me(
            account.Id, account.UserName!, await Granting.RolesAsync(db, account, now, stop), person, positions, account.TwoFactorEnabled, recoveryCodes, needsAnother));
    }
}
