using System.Text.Json;
using System.Text.Json.Serialization;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Directory.Accounts;

/// <summary>What a password must be, and how it gets into an account.</summary>
internal static class Password
{
    // Length instead of kinds of characters (NIST SP 800-63B 5.1.1.2).
    public const int Shortest = 12;
    public const int Longest = 128;
    private const int DifferentCharacters = 5;
    private const int ShortestWord = 4;

    /// <summary>The code of what is wrong with it whosever it is, or null.</summary>
    public static string? ProblemOf(string password) =>
        password.Length > Longest ? "password-long"
        : password.Length < Shortest || password.Distinct().Count() < DifferentCharacters ? "password-weak"
        : CommonPasswords.Include(password) ? "password-common"
        : null;

    /// <summary>Sets the hash, and forgets failed attempts. Otherwise the code of the problem; then nothing has changed.</summary>
    public static async Task<string?> TrySetAsync(DirectoryDb db, UserManager<Account> accounts, Account account, string password, CancellationToken stop)
    {
        if (ProblemOf(password) is { } problem)
            return problem;
        if (await NamesOwnerAsync(db, account, password, stop))
            return "password-personal";

        account.PasswordHash = accounts.PasswordHasher.HashPassword(account, password);
        account.SecurityStamp = Guid.CreateVersion7().ToString("n");
        account.AccessFailedCount = 0;
        account.LockoutEnd = null;
        return null;
    }

    /// <summary>Contains the login, a word of the owner's name, or one of the organisation's: the next that somebody tries who means this account.</summary>
    private static async Task<bool> NamesOwnerAsync(DirectoryDb db, Account account, string password, CancellationToken stop)
    {
        var names = await db.Units.Where(unit => unit.ParentId == null).Select(unit => unit.Name)
            .Concat(db.Identities.Select(organisation => organisation.Name))
            .Concat(db.Officials.Where(official => official.Id == account.OfficialId).Select(official => official.Name)).Take(50).ToListAsync(stop);
        return names.SelectMany(name => name.Split([' ', '.', ',', '-', '/'], StringSplitOptions.RemoveEmptyEntries)).Where(word => word.Length >= ShortestWord)
            .Append(account.UserName!).Any(word => password.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>
/// Reads a text and never writes it: <c>Idempotency-Key</c> stores a quick hash of the request, from which a password could be guessed.
/// </summary>
internal sealed class NeverWritten : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetString();

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteNullValue();
}
