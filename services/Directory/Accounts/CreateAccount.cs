using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Copies;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Accounts;

/// <summary>
/// The Administrator, and nobody else, creates the login of an official or operator (DIR-2, DIR-4; BJN 8(6), 12(1)a; EOF 11(2)). Its owner sets the password at his
/// first sign-in, with a code to his notice phone.
/// </summary>
public static class CreateAccount
{
    /// <param name="EmployeeNumber">Whose account it is; without it the account is nobody's and is given no role.</param>
    /// <param name="Password">A first password, for people without a notice phone. It must be changed at the first sign-in: the Administrator knows it.</param>
    /// <param name="Roles">Those that are granted; the others follow from positions.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestUserLogin, MinimumLength = Spelling.ShortestUserLogin), RegularExpression(Spelling.UserLogin)] string UserLogin,
        [Required, MaxLength(16)] IReadOnlyList<string> Roles,
        [StringLength(Accounts.Password.Longest)][property: JsonConverter(typeof(NeverWritten))] string? Password = null,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? EmployeeNumber = null,
        [StringLength(Spelling.LongestReason), RegularExpression(Spelling.Line)] string? Reason = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/accounts", HandleAsync).WithName(nameof(CreateAccount));

    private static async Task<Results<Created<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, UserManager<Account> accounts, CancellationToken stop)
    {
        var official = request.EmployeeNumber is null ? null
            : await db.Officials.AsNoTracking().SingleOrDefaultAsync(official => official.EmployeeNumber == request.EmployeeNumber, stop);
        if (official is null && request.EmployeeNumber is not null)
            return Problems.Invalid("employeeNumber", "official-unknown");
        if (Granting.ProblemOf(request.Roles, official is not null) is { } roleProblem)
            return Problems.Invalid("roles", roleProblem);

        var account = AddWithoutPassword(db, caller with { Reason = request.Reason }, accounts, request.UserLogin, request.Roles, official);
        if (request.Password is not null)
        {
            if (await Password.TrySetAsync(db, accounts, account, request.Password, stop) is { } passwordProblem)
                return Problems.Invalid("password", passwordProblem);
            account.MustChangePassword = true;
        }

        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.UserLogin))
        {
            return Problems.Conflict("user-login-taken");
        }
        catch (DbUpdateException failure) when (failure.Breaks(Constraints.AccountOfOfficial))
        {
            return Problems.Conflict("official-has-account");
        }

        return TypedResults.Created($"/api/directory/accounts?userLogin={account.UserName}",
            await db.Accounts.Where(created => created.Id == account.Id).Select(ListAccounts.ToItem).SingleAsync(stop));
    }

    /// <summary>
    /// An account that nobody can sign in to before its owner has set a password, with its audit entry, ready to be saved. The save meets
    /// <see cref="Constraints.UserLogin"/> and <see cref="Constraints.AccountOfOfficial"/>; spelling and roles are the caller's to check, and so is telling the copies
    /// where many are added at once.
    /// </summary>
    internal static Account AddWithoutPassword(
        DirectoryDb db, Caller caller, UserManager<Account> accounts, string userLogin, IEnumerable<string> roles, Official? official,
        string act = nameof(CreateAccount), bool tells = true)
    {
        var account = new Account
        {
            UserName = userLogin,
            NormalizedUserName = accounts.NormalizeName(userLogin),
            OfficialId = official?.Id,
            Roles = Granting.Ordered(roles),
            LockoutEnabled = true,
            SecurityStamp = Guid.CreateVersion7().ToString("n"),
        };
        db.Add(account);
        if (tells)
            db.TellRoles(account, caller.Actor);
        db.Write(caller, act, ("Account", account.Id), null, new { UserLogin = userLogin, official?.EmployeeNumber, account.Roles });
        return account;
    }
}
