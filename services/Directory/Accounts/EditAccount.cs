using System.ComponentModel.DataAnnotations;
using Directory.Auditing;
using Directory.Copies;
using Directory.SignIn;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Directory.Accounts;

/// <summary>
/// Enables or disables an account, changes its roles (DIR-2, DIR-4), names the official of one that is nobody's, keeps it open for a while although its official holds no position. What the request leaves out
/// stays. Disabling and other roles end the sessions of the account at once: an access token carries the roles that it was signed with.
/// </summary>
public static class EditAccount
{
    private static readonly TimeSpan LongestException = TimeSpan.FromDays(366);

    /// <param name="EmployeeNumber">Whose it is, for good.</param>
    /// <param name="OpenUntil">An instant that has passed ends the exception.</param>
    public sealed record Request(
        [Required] long? Version,
        bool? Enabled = null,
        [MaxLength(16)] IReadOnlyList<string>? Roles = null,
        DateTimeOffset? OpenUntil = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? EmployeeNumber = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPatch("/accounts/{id:guid}", HandleAsync).WithName(nameof(EditAccount)).ShowsCurrent(ListAccounts.ToItem);

    private static async Task<Results<Ok<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, Caller caller, DirectoryDb db, SignInAuthority authority, TimeProvider clock, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        if (request.OpenUntil > now + LongestException)
            return Problems.Invalid("openUntil", "open-until");
        await using var transaction = await JoinedTransaction.BeginAsync(db, stop);
        if (await db.Accounts.SingleOrDefaultAsync(account => account.Id == id, stop) is not { } account)
            return Problems.NotFound();
        if (account.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        if (request.EmployeeNumber is not null)
        {
            if (account.OfficialId is not null)
                return Problems.Conflict("account-named");
            account.OfficialId = await db.Officials.Where(official => official.EmployeeNumber == request.EmployeeNumber).Select(official => (Guid?)official.Id).SingleOrDefaultAsync(stop);
            if (account.OfficialId is null)
                return Problems.Invalid("employeeNumber", "official-unknown");
        }

        if (request.Roles is not null && Granting.ProblemOf(request.Roles, account.OfficialId is not null, account.Roles) is { } roleProblem)
            return Problems.Invalid("roles", roleProblem);
        // What he may is for another to say, as long as there is one (KOR 7(6): drafts and approves are two).
        if (request.Roles?.Except(account.Roles, StringComparer.Ordinal).Any() is true && id == Guid.Parse(caller.Actor)
            && await WatchAdministrators.CountAsync(db, now, stop) >= WatchAdministrators.Needed)
            return Problems.Conflict("own-account");

        var before = new { account.Enabled, account.Roles, account.OpenUntil };
        account.Enabled = request.Enabled ?? account.Enabled;
        account.Roles = request.Roles is null ? account.Roles : Granting.Ordered(request.Roles);
        account.OpenUntil = request.OpenUntil?.ToUniversalTime() ?? account.OpenUntil;
        // It would be closed again in the next moment.
        if (request.Enabled is true && !(account.OpenUntil > now)
            && await db.Accounts.Where(Admission.HoldsNothingMore(db, now)).AnyAsync(over => over.Id == id, stop))
            return Problems.Conflict("holds-no-position");
        if (db.Entry(account).State == EntityState.Unchanged)
            return TypedResults.Ok(await db.Accounts.Where(same => same.Id == id).Select(ListAccounts.ToItem).SingleAsync(stop));
        account.Version++;

        var isGrantedOtherwise = account.Enabled != before.Enabled || !account.Roles.SequenceEqual(before.Roles, StringComparer.Ordinal);
        if (isGrantedOtherwise || request.EmployeeNumber is not null)
        {
            account.RolesVersion++;
            db.TellRoles(account, caller.Actor);
        }

        db.Write(caller, nameof(EditAccount), ("Account", account.Id), before, new { account.Enabled, account.Roles, account.OpenUntil, request.EmployeeNumber }, request.Reason);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.AccountOfOfficial))
        {
            return Problems.Conflict("official-has-account");
        }

        // After the save: a sign-in that came first has its session stored by now, one that comes later finds the new version and fails.
        if (isGrantedOtherwise)
            await authority.RevokeAsync(db, session => session.AccountId == id, stop);
        await transaction.CommitAsync(stop);
        return TypedResults.Ok(await db.Accounts.Where(edited => edited.Id == id).Select(ListAccounts.ToItem).SingleAsync(stop));
    }
}
