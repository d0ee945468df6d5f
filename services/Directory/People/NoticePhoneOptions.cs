using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Section <c>NoticePhones</c>: where notices to officials do not go.</summary>
public sealed record NoticePhoneOptions
{
    /// <summary>Numbers that citizens write to: a notice that the city sends to itself would come in as a citizen's message.</summary>
    public string[] CityNumbers { get; init; } = [];

    /// <summary>So long a number counts as right; then its owner proves it again, or the Administrator finds it right.</summary>
    public TimeSpan CheckAfter { get; init; } = TimeSpan.FromDays(365);

    internal static void Add(IServiceCollection services) => services.AddOptions<NoticePhoneOptions>().BindConfiguration("NoticePhones")
        .Validate(options => options.CityNumbers.All(number => PhoneNumber.Parse(number).Kind != SenderKind.Unknown), "NoticePhones:CityNumbers has one that is none")
        .Validate(options => options.CheckAfter.TotalDays is >= 30 and <= 3_650, "NoticePhones:CheckAfter is from 30 days to ten years").ValidateOnStart();

    internal bool IsCity(PhoneNumber number) => CityNumbers.Any(own => PhoneNumber.Parse(own) == number);
}
