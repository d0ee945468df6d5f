using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Directory.Auditing;
using Directory.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;

namespace Directory.Accounts;

/// <summary>
/// The Administrator, and nobody else, creates the login of an official or operator (DIR-2, DIR-4; BJN 8(6), 12(1)a; EOF 11(2)).
/// </summary>
public static class CreateAccount
{
    /// <param name="EmployeeNumber">Whose account it is; without it the account is nobody's and can only administer.</param>
    /// <param name="Password">The first password.</param>
    /// <param name="Roles">Those that are granted; the others follow from positions.</param>
    public sealed record Request(
        [Required, StringLength(Spelling.LongestUserLogin, MinimumLength = Spelling.ShortestUserLogin), RegularExpression(Spelling.UserLogin)] string UserLogin,
        [Required, StringLength(Accounts.Password.Longest)][property: JsonConverter(typeof(NeverWritten))] string Password,
        [Required, MaxLength(16)] IReadOnlyList<string> Roles,
        [StringLength(Spelling.LongestCode), RegularExpression(Spelling.Code)] string? EmployeeNumber = null);

    internal static void Map(IEndpointRouteBuilder group) => group.MapPost("/accounts", HandleAsync).WithName(nameof(CreateAccount));

    private static async Task<Results<Created<ListAccounts.Item>, ProblemHttpResult>> HandleAsync(
        Request request, Caller caller, DirectoryDb db, UserManager<Account> accounts, CancellationToken stop)
    {
        var official = request.EmployeeNumber is null ? null
            : await db.Officials.AsNoTracking().SingleOrDefaultAsync(official => official.EmployeeNumber == request.EmployeeNumber, stop);
        if (official is null && request.EmployeeNumber is not null)
            return Problems.Invalid("employeeNumber", "official-unknown");
        if (Granting.ProblemOf(request.Roles) is { } roleProblem)
            return Problems.Invalid("roles", roleProblem);

        var account = new Account { UserName = request.UserLogin, OfficialId = official?.Id, Roles = Granting.Ordered(request.Roles) };
        if (!await Password.TrySetAsync(accounts, account, request.Password))
            return Problems.Invalid("password", "password-weak");
        account.NormalizedUserName = accounts.NormalizeName(account.UserName);
        account.LockoutEnabled = true;
        db.Add(account);
        db.Write(caller, nameof(CreateAccount), ("Account", account.Id), null, new { request.UserLogin, request.EmployeeNumber, account.Roles });
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
}
