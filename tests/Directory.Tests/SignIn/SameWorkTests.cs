using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Directory.Storage;
using Directory.Tests.Testing;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Directory.Tests.SignIn;

/// <summary>Who measures how long an answer takes learns nothing: whatever the login, one slow hash is computed, and nothing is slow beside it.</summary>
public sealed class SameWorkTests(SameWorkTests.Fixture directory) : IClassFixture<SameWorkTests.Fixture>
{
    private const string Password = "kata sandi pertama";

    public sealed class Fixture : DirectoryFixture
    {
        private readonly ConcurrentQueue<string> _hashed = new();

        /// <summary>What was hashed to be compared, since the last time that this was asked.</summary>
        public int Hashed()
        {
            var count = _hashed.Count;
            _hashed.Clear();
            return count;
        }

        protected override void Configure(IServiceCollection services)
        {
            base.Configure(services);
            services.Replace(ServiceDescriptor.Singleton<IPasswordHasher<Account>>(new Counting(_hashed)));
        }

        private sealed class Counting(ConcurrentQueue<string> hashed) : PasswordHasher<Account>
        {
            public override PasswordVerificationResult VerifyHashedPassword(Account user, string hashedPassword, string providedPassword)
            {
                hashed.Enqueue(providedPassword);
                return base.VerifyHashedPassword(user, hashedPassword, providedPassword);
            }
        }
    }

    [Theory]
    [InlineData("right")]
    [InlineData("wrong password")]
    [InlineData("unknown")]
    [InlineData("locked")]
    [InlineData("disabled")]
    [InlineData("without a password")]
    [InlineData("wrong code")]
    public async Task PLT_4_a_sign_in_costs_one_hash_whatever_comes_of_it(string what)
    {
        var account = what == "without a password"
            ? await directory.CreatedAsync("accounts", new { userLogin = DirectoryFixture.Fresh("tanpa"), roles = Array.Empty<string>() })
            : await directory.AccountAsync(Password);
        if (what == "wrong code")
            await directory.Database.ExecuteAsync($"update account set two_factor_enabled = true where id = '{account.Id()}'");
        if (what == "locked")
            await directory.Database.ExecuteAsync($"update account set lockout_end = '2099-01-01Z' where id = '{account.Id()}'");
        if (what == "disabled")
            await directory.Database.ExecuteAsync($"update account set enabled = false where id = '{account.Id()}'");
        directory.Hashed();

        var answer = await directory.SignInAsync(what == "unknown" ? "tidak-ada" : account.String("userLogin"), what == "wrong password" ? "lampu hijau di teras" : Password, "000000");

        answer.StatusCode.ShouldBe(what == "right" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized);
        directory.Hashed().ShouldBe(1);
    }

    [Theory]
    [InlineData("unknown")]
    [InlineData("not asked for")]
    [InlineData("wrong")]
    public async Task PLT_4_a_one_time_code_costs_one_hash_whatever_comes_of_it(string what)
    {
        var account = await directory.AccountAsync(Password);
        if (what == "wrong")
        {
            await directory.Database.ExecuteAsync($"""
                insert into one_time_code (account_id, hash, sent_at, expires_at, tries_left)
                select id, password_hash, now(), '2099-01-01Z', 5 from account where id = '{account.Id()}'
                """);
        }

        directory.Hashed();
        var answer = await directory.Client().PostAsJsonAsync("/api/directory/sessions/password",
            new { userLogin = what == "unknown" ? "tidak-ada" : account.String("userLogin"), code = "00000000", password = "lampu hijau di teras" });
        await answer.ShouldRefuseAsync(HttpStatusCode.Unauthorized, "one-time-code-failed");
        directory.Hashed().ShouldBe(1);
    }
}
