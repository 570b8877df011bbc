//! What people write: sentences of everyday English from a word list and some forms, the same for the same seed. Letters that
//! repeat would compress to nothing and random bytes not at all; how well this does is printed with the figures.

/// Random enough, and the same each time.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// SplitMix64.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        #[expect(clippy::cast_possible_truncation, reason = "the remainder is below a usize")]
        let rolled = (self.next() % bound.max(1) as u64) as usize;
        rolled
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes()[..chunk.len()]);
        }
        bytes
    }

    /// As a browser's `crypto.randomUUID()` makes it.
    pub fn uuid(&mut self) -> String {
        let [mut high, mut low] = [self.next(), self.next()];
        high = high & !0xf000 | 0x4000;
        low = low & !(0b11 << 62) | 0b10 << 62;
        format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            high >> 32,
            high >> 16 & 0xffff,
            high & 0xffff,
            low >> 48,
            low & 0xffff_ffff_ffff
        )
    }

    /// Common words stand first in their list, and are common.
    fn word(&mut self, words: &[&'static str]) -> &'static str {
        let at = self.below(words.len()).min(self.below(words.len()));
        words[at]
    }
}

/// The mean length of a message, in bytes.
pub const MEAN_BYTES: usize = 143;
const SHORTEST: usize = 40;

/// Writes messages.
pub struct Writer {
    dice: Dice,
    lists: Lists,
}

struct Lists {
    forms: Vec<&'static str>,
    things: Vec<&'static str>,
    qualities: Vec<&'static str>,
    doings: Vec<&'static str>,
    done: Vec<&'static str>,
    times: Vec<&'static str>,
    names: Vec<&'static str>,
    short: Vec<&'static str>,
}

impl Writer {
    /// Two of the same name and number would make the same conversations again, which a store takes for damage.
    pub fn new(name: &str, number: usize) -> Self {
        let seed = name.bytes().fold(number as u64, |seed, byte| Dice::new(seed ^ u64::from(byte) << 32).next());
        let lists = Lists {
            forms: FORMS.lines().map(str::trim).collect(),
            things: THINGS.split_whitespace().collect(),
            qualities: QUALITIES.split_whitespace().collect(),
            doings: DOINGS.split_whitespace().collect(),
            done: DONE.split_whitespace().collect(),
            times: TIMES.lines().map(str::trim).collect(),
            names: NAMES.split_whitespace().collect(),
            short: SHORT.lines().map(str::trim).collect(),
        };
        Self { dice: Dice::new(seed), lists }
    }

    pub fn dice(&mut self) -> &mut Dice {
        &mut self.dice
    }

    /// One message: some sentences, of `MEAN_BYTES` on average, some much shorter and some much longer.
    pub fn message(&mut self, text: &mut String) {
        let length = SHORTEST + self.dice.below(2 * (MEAN_BYTES - SHORTEST) + 1);
        text.clear();
        while text.len() < length {
            if !text.is_empty() {
                text.push(' ');
            }
            self.sentence(text);
        }
        // People stop where they like, but not in the middle of a word.
        let end = text[..length].rfind(' ').unwrap_or(length);
        let next = text[end + 1..].find(' ').map_or(text.len(), |at| end + 1 + at);
        text.truncate(if self.dice.below(2) == 0 { end } else { next });
    }

    fn sentence(&mut self, text: &mut String) {
        let begin = text.len();
        let form = self.lists.forms[self.dice.below(self.lists.forms.len())];
        let mut rest = form.chars();
        while let Some(letter) = rest.next() {
            if letter != '%' {
                text.push(letter);
                continue;
            }
            let dice = &mut self.dice;
            match rest.next() {
                Some('t') => text.push_str(dice.word(&self.lists.things)),
                Some('q') => text.push_str(dice.word(&self.lists.qualities)),
                Some('d') => text.push_str(dice.word(&self.lists.doings)),
                Some('p') => text.push_str(dice.word(&self.lists.done)),
                Some('w') => text.push_str(dice.word(&self.lists.times)),
                Some('n') => text.push_str(dice.word(&self.lists.names)),
                Some('s') => text.push_str(dice.word(&self.lists.short)),
                Some('#') => text.push_str(&(dice.below(90_000) + 10_000).to_string()),
                Some('1') => text.push_str(&(dice.below(30) + 1).to_string()),
                _ => {}
            }
        }
        // Most begin a sentence with a capital letter.
        if self.dice.below(4) > 0
            && let Some(first) = text.get_mut(begin..=begin)
        {
            first.make_ascii_uppercase();
        }
    }
}

const FORMS: &str = "%s
    %s I wanted to ask about the %t you %p %w.
    could you please %d the %t for me?
    my %t has not been %p yet, and it is already %w.
    I %p your %t %w but nobody answered.
    the %t number is %#, it should be under the name %n.
    is it possible to %d it %w?
    we are sorry that your %t is %q, let me have a look.
    %s I can see that the %t was %p %w.
    do you have a %q %t that goes with the %t?
    I have been waiting for %1 days and the %t is still %q.
    please %d the %t first, then %d the %q %t again.
    my colleague %n will %d you %w.
    the %q one costs %1 euros more than the %t, is that right?
    can I %d my %t without the %t?
    it says that the %t is %q, what does that mean?
    we usually %d a %t within %1 hours.
    no, the %q %t that I %p before was fine.
    would %w be all right for you?
    I already %p %n about it %w.
    the %t in the %t looks %q to me.
    if you %d the %t, we can %d the rest %w.
    how much is the %t including the %q %t?
    yes, my %t is %n.%n@example.org and you can also %d me by %t.
    there were %1 of them in the %t and %1 of those were %q.
    unfortunately we cannot %d a %t that has been %p.
    what happens to my %t when the %t gets %p?
    I would rather %d the %t than wait until %w.
    great, then I will %d it and %d you the %t.
    nothing happens when I %d on the %q %t, only a %t comes up.
    we have %p your %t, it will be %q %w.
    does the %t still hurt when you %d, or is it %q now?
    my %t needs a %q %t because of the %t.
    and what about %n, was the %t %p as well?
    the doctor said it is %q and that I should %d %w.
    you find the %t under %t, next to the %q %t.
    please take the %t with you, and the %t if you have one.
    I am %q about the %t, honestly.
    we open at %1 and you can %d without a %t.
    let me %d that with %n, one moment please.";

const SHORT: &str = "hello,
    thank you!
    good morning,
    hi,
    ok
    yes, exactly.
    no problem.
    of course.
    sorry,
    thanks a lot,
    one moment please.
    that would be great.
    sure,
    not really.
    good afternoon,
    alright,
    I see.
    perfect, thank you very much.
    anything else I can do for you?
    bye!
    have a nice day.
    oh,
    well,
    never mind.";

const TIMES: &str = "today
    tomorrow
    yesterday
    last week
    next week
    on Monday
    this morning
    this afternoon
    on Friday
    on Tuesday
    before noon
    later today
    on Wednesday
    after work
    at the weekend
    on Thursday
    next month
    in the evening
    two weeks ago
    as soon as possible
    at lunchtime
    in about an hour
    the day after tomorrow
    last month
    around Easter
    by the end of the year
    on Saturday
    in spring
    before the holidays
    during the night";

const THINGS: &str = "order appointment invoice delivery account phone address payment website number email message card price \
    parcel question password contract form date insurance letter doctor ticket refund booking name receipt prescription key \
    page room door shop table size box bag car bill report computer printer bank code house time service subscription kitchen \
    result office list copy bed app window colour medicine file light child shoulder discount street picture service button \
    train cable warranty department chair bathroom offer model deposit brochure charger battery product heating mother father \
    daughter knee voucher certificate mattress sofa screen link licence permit passport hotel flight balance statement transfer \
    loan tax fee rent tenant landlord lift garage balcony fridge oven dishwasher washing-machine tap pipe leak plumber electrician \
    painter roof gutter fence garden lawn tree hedge shed bicycle tyre brake saddle helmet lamp coat jacket dress shirt trousers \
    shoes boots sleeve zip button-hole fabric leather wool cotton pattern sample swatch blood test x-ray scan tablet ointment \
    bandage vaccine allergy rash fever cough back foot ankle wrist elbow hip tooth crown filling brace gum dentist nurse surgery \
    referral practice clinic ward patient visitor parent school teacher class course lesson exam timetable library dog cat vet \
    collar lead kennel wedding party cake menu starter dessert wine glass plate napkin guest hall band photographer flowers bouquet \
    vase candle ribbon museum tour guide map luggage suitcase gate boarding-pass seat platform ferry harbour cabin campsite tent \
    canoe boiler radiator thermostat meter reading tariff supplier router modem signal antenna keyboard mouse monitor headset \
    speaker microphone camera lens tripod album frame poster canvas brush paint glue drill hammer screw nail shelf drawer hinge handle";

const QUALITIES: &str = "new wrong open small different late right old free large broken blue possible good empty available sure \
    second red missing black ready closed bad full short first important next white long happy easy same expensive cheap correct \
    heavy green private digital wet strange slow urgent clean last damaged quick worried warm hidden regular double cold \
    valid special grey loose swollen narrow loud polite simple modern yellow annual monthly extra faulty wooden round dark dry \
    tight soft painful dirty fresh safe secure square original separate temporary unusual weekly electric disappointed surprised \
    satisfied confused dizzy itchy numb sore stiff blurred cracked scratched dented faded torn stained noisy silent wireless \
    waterproof recycled organic vegan gluten-free handmade second-hand refurbished discontinued overdue outstanding prepaid";

const DOINGS: &str = "check send call change cancel book pay open find use get try see move order wait return help print confirm \
    bring read update sign close come write take replace collect start repair keep ask download explain deliver choose add fill \
    restart show compare visit install leave exchange reserve remove click walk sit look measure contact translate register renew \
    forward transfer arrange postpone extend reset unlock upload scan attach copy stamp wrap pack unpack lift carry hang fix mount \
    drill paint sand varnish trim mow water feed brush wash iron fold press pull push turn twist bend stretch breathe cough swallow \
    chew rest sleep swim run climb drive park ride sail";

const DONE: &str = "sent called ordered changed paid booked received cancelled checked delivered confirmed opened tried moved \
    found used returned repaired closed written signed replaced printed collected asked updated promised shipped mentioned lost \
    installed bought removed added posted refunded charged refused mailed picked left examined forwarded scanned registered renewed \
    transferred arranged postponed extended reset unlocked uploaded attached copied stamped wrapped packed mounted painted trimmed \
    measured translated compared reserved exchanged explained downloaded restarted visited";

const NAMES: &str = "Anna Peter Maria Thomas Julia Michael Sarah Martin Laura Stefan Lisa Daniel Eva Jan Katrin Paul Sofia David \
    Nina Lukas Clara Felix Helen Simon Emma Robert Ines Oliver Marta Jonas Amira Karim Fatima Yusuf Leila Omar Priya Arjun Mei Wei \
    Yuki Hiroshi Ngozi Chidi Aisha Kwame Olga Ivan Dmitri Natasha Bjorn Astrid Lars Ingrid Pedro Lucia Diego Carmen Rosa Miguel \
    Chiara Luca Giulia Marco Eleni Nikos Zeynep Emre Siobhan Niamh Rhys Catrin Hamish Fiona";
