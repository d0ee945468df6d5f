using ServiceDefaults.Sms;

namespace Directory.People;

/// <summary>Section <c>NoticePhones</c>: where notices to officials do not go.</summary>
public sealed record NoticePhoneOptions
{
    /// <summary>Numbers that citizens write to: a notice that the city sends to itself would come in as a citizen's message.</summary>
    public string[] CityNumbers { get; init; } = [];

    internal static void Add(IServiceCollection services) => services.AddOptions<NoticePhoneOptions>().BindConfiguration("NoticePhones")
        .Validate(options => options.CityNumbers.All(number => PhoneNumber.Parse(number).Kind != SenderKind.Unknown), "NoticePhones:CityNumbers has one that is none").ValidateOnStart();

    internal bool IsCity(PhoneNumber number) => CityNumbers.Any(own => PhoneNumber.Parse(own) == number);
}
