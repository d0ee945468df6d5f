using System.Text.Json;
using System.Text.Json.Serialization;
using Directory.Storage;
using Microsoft.AspNetCore.Identity;

namespace Directory.Accounts;

/// <summary>What a password must be, and how it gets into an account.</summary>
internal static class Password
{
    public const int Shortest = 12;
    public const int Longest = 128;
    public const int DifferentCharacters = 5;

    /// <summary>Sets the hash, and forgets failed attempts. False if the password is too weak; then nothing has changed.</summary>
    public static async Task<bool> TrySetAsync(UserManager<Account> accounts, Account account, string password)
    {
        if (password.Contains(account.UserName!, StringComparison.OrdinalIgnoreCase))
            return false;
        foreach (var validator in accounts.PasswordValidators)
        {
            if (!(await validator.ValidateAsync(accounts, account, password)).Succeeded)
                return false;
        }

        account.PasswordHash = accounts.PasswordHasher.HashPassword(account, password);
        account.SecurityStamp = Guid.CreateVersion7().ToString("n");
        account.AccessFailedCount = 0;
        account.LockoutEnd = null;
        return true;
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
