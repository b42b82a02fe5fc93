"""Things that people buy, as a list to recognise them by."""

GROCERIES = (
    "milk", "oat milk", "bread", "butter", "cheese", "egg", "coffee", "tea", "apple", "banana",
    "orange", "lemon", "grape", "strawberry", "pear", "peach", "cherry", "melon", "avocado", "tomato",
    "potato", "onion", "garlic", "pepper", "carrot", "cucumber", "lettuce", "salad", "spinach",
    "broccoli", "mushroom", "bean", "pea", "corn", "rice", "pasta", "spaghetti", "noodle", "flour",
    "sugar", "salt", "olive oil", "oil", "vinegar", "mustard", "ketchup", "honey", "jam",
    "peanut butter", "chocolate", "biscuit", "cookie", "cake", "crisp", "nut", "yoghurt", "yogurt",
    "cream", "quark", "ham", "sausage", "chicken", "beef", "mince", "fish", "salmon", "tuna", "tofu",
    "water", "mineral water", "juice", "orange juice", "lemonade", "beer", "wine", "red wine",
    "white wine", "toilet paper", "kitchen roll", "tissue", "soap", "shampoo", "toothpaste",
    "toothbrush", "washing powder", "washing-up liquid", "detergent", "bin bag", "battery", "candle",
    "nappy", "dog food", "cat food", "light bulb", "flower", "cereal", "muesli", "oat", "roll",
    "baguette", "croissant", "pizza", "ice cream", "basil", "parsley", "ginger", "cinnamon", "yeast",
    "lentil", "chickpea", "olive", "cola",
)  # fmt: skip
